import { type EntitlementInfo, entitlement, entitlements } from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { UsageError } from '../failure.ts';
import type { RequestOptions } from '../options.ts';
import { canPrompt, choose } from '../prompts.ts';
import { plain } from '../terminal.ts';
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
  const chosen = id === undefined ? await chooseEntitlement(broker) : await readOne(broker, id);
  const filled = interactive ? await promptForMissing(chosen, options, id === undefined) : options;
  return bodyOf(chosen.id, filled.for ?? defaultSeconds(chosen), filled);
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

async function chooseEntitlement(broker: Broker): Promise<EntitlementInfo> {
  const { entitlements: all } = await broker.get('/v1/entitlements', entitlements);
  const requestable = all.filter(({ outcome }) => outcome !== 'deny');
  if (requestable.length === 0) throw new UsageError('You may not request anything.');
  const choice = await choose(
    'What do you need?',
    requestable.map(({ id, title, outcome }) => ({
      value: id,
      label: `${id}  ${plain(title)}${outcome === 'approve' ? ' (needs approval)' : ''}`,
    })),
  );
  return requestable.find(({ id }) => id === choice) ?? readOne(broker, choice);
}

const LIST_HINT = 'See what you may request: valetkey list';
