import { formatDuration, parseTypedDuration } from '../../core/duration.ts';
import { type EntitlementInfo, entitlement } from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { UsageError } from '../failure.ts';
import { notes } from '../notes.ts';
import type { RequestOptions } from '../options.ts';
import { canPrompt, choose, promptText } from '../prompts.ts';
import { optionsOf } from '../saved/saved-request.ts';
import { plain } from '../terminal.ts';
import { chooseRequest } from './choose-request.ts';

/** The body of `POST /v1/grants`. */
export type RequestBody = {
  readonly entitlement: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly scope?: { readonly actions?: readonly string[]; readonly resources?: readonly string[] };
  readonly durationSeconds: number;
  readonly startsAt?: string;
  readonly justification?: string;
  readonly ticket?: string;
};

const ID = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** The duration of a request without `--for`, if the entitlement allows it. */
const DEFAULT_SECONDS = 3600;

/**
 * Builds a request from the options, and prompts for what is missing if there is a terminal.
 *
 * @throws UsageError if the entitlement is missing or not a valid id.
 */
export async function requestBody(
  broker: Broker,
  id: string | undefined,
  options: RequestOptions,
): Promise<RequestBody> {
  if (id !== undefined && !ID.test(id)) {
    throw new UsageError(`"${plain(id)}" is not an entitlement id.`, LIST_HINT);
  }
  const interactive = canPrompt();
  if (id === undefined && !interactive) throw new UsageError('No entitlement given.', LIST_HINT);
  const complete = id !== undefined && options.for !== undefined;
  if (complete && !interactive) return bodyOf(id, options.for, options);
  if (id === undefined) return chosenBody(broker, options);
  const named = await readOne(broker, id);
  const filled = interactive ? await promptForMissing(named, options, false) : options;
  return bodyOf(id, filled.for ?? defaultSeconds(named), filled);
}

/** Prompts for the entitlement, or a saved request, and for what is missing then. */
async function chosenBody(broker: Broker, options: RequestOptions): Promise<RequestBody> {
  const choice = await chooseRequest(broker);
  const before = choice.saved === null ? {} : optionsOf(choice.saved);
  const parameter = { ...before.parameter, ...options.parameter };
  const known = { ...before, ...options, parameter };
  const filled = await promptForMissing(choice.entitlement, known, choice.saved === null);
  return bodyOf(choice.entitlement.id, filled.for ?? defaultSeconds(choice.entitlement), filled);
}

function defaultSeconds({ maxDurationSeconds }: EntitlementInfo): number {
  return Math.min(DEFAULT_SECONDS, maxDurationSeconds);
}

function bodyOf(id: string, seconds: number, options: RequestOptions): RequestBody {
  const { parameter = {}, reason, ticket, action = [], resource = [] } = options;
  const scope = {
    ...(action.length > 0 && { actions: action }),
    ...(resource.length > 0 && { resources: resource }),
  };
  return {
    entitlement: id,
    parameters: parameter,
    ...(Object.keys(scope).length > 0 && { scope }),
    durationSeconds: seconds,
    ...(reason !== undefined && { justification: reason }),
    ...(ticket !== undefined && { ticket }),
  };
}

function readOne(broker: Broker, id: string): Promise<EntitlementInfo> {
  return broker.get(`/v1/entitlements/${id}`, entitlement);
}

/** Prompts for required values; if `everything`, also for the duration. */
async function promptForMissing(
  chosen: EntitlementInfo,
  options: RequestOptions,
  everything: boolean,
): Promise<RequestOptions> {
  const parameter: Record<string, string> = { ...options.parameter };
  for (const [name, spec] of Object.entries(chosen.parameters.properties)) {
    if (parameter[name] !== undefined) continue;
    const message = `${name}: ${plain(spec.description ?? spec.pattern ?? '')}`;
    const values = spec.type === 'boolean' ? ['false', 'true'] : spec.enum;
    parameter[name] =
      values === undefined
        ? await promptText(message)
        : await choose(
            message,
            values.map((value) => ({ value, label: plain(value) })),
          );
  }
  const length = options.for ?? (everything ? await promptForDuration(chosen) : undefined);
  const needsReason = chosen.justification === 'required' && options.reason === undefined;
  const reason = needsReason ? await promptText('What for?', 'in a sentence') : options.reason;
  return {
    ...options,
    parameter,
    ...(length !== undefined && { for: length }),
    ...(reason !== undefined && { reason }),
  };
}

/** Prompts again until the answer is a duration. */
async function promptForDuration(chosen: EntitlementInfo): Promise<number> {
  const most = formatDuration(chosen.maxDurationSeconds);
  const usual = formatDuration(defaultSeconds(chosen));
  for (;;) {
    const typed = await promptText(`For how long? At most ${most}`, usual, usual);
    const read = parseTypedDuration(typed.trim());
    if (read.ok) return read.value;
    notes.print(`Please ${read.error}.`);
  }
}

const LIST_HINT = 'See what you may request: valetkey list';
