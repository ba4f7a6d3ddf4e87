import { type EntitlementInfo, entitlement } from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { UsageError } from '../failure.ts';
import type { RequestOptions } from '../options.ts';
import { canPrompt } from '../prompts.ts';
import { optionsOf } from '../saved/saved-request.ts';
import { plain } from '../terminal.ts';
import { chooseRequest } from './choose-request.ts';
import { defaultSeconds, promptForMissing } from './wizard.ts';

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

export function readOne(broker: Broker, id: string): Promise<EntitlementInfo> {
  return broker.get(`/v1/entitlements/${id}`, entitlement);
}

const LIST_HINT = 'See what you may request: valetkey list';
