import { formatDuration } from '../../core/duration.ts';
import { type EntitlementInfo, entitlement, entitlements } from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { UsageError } from '../failure.ts';
import { duration, type RequestOptions } from '../options.ts';
import { ask, canAsk, choose } from '../prompts.ts';
import { plain } from '../terminal.ts';

/** A request as `POST /v1/grants` takes it. */
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

/** Where nobody says for how long: as long as most need, if the entitlement gives it. */
const USUAL_SECONDS = 3600;

/** What the options say; what they leave out is asked for where somebody sits there. */
export async function requestBody(
  broker: Broker,
  id: string | undefined,
  options: RequestOptions,
): Promise<RequestBody> {
  if (id !== undefined && !ID.test(id)) throw new UsageError(`${id} is no entitlement's id.`, LIST);
  const asks = canAsk();
  if (id === undefined && !asks) throw new UsageError('Name an entitlement.', LIST);
  const complete = id !== undefined && options.for !== undefined;
  if (complete && !asks) return bodyOf(id, options.for, options);
  const chosen = id === undefined ? await chooseOne(broker) : await oneOf(broker, id);
  const filled = asks ? await fill(chosen, options, id === undefined) : options;
  return bodyOf(
    chosen.id,
    filled.for ?? Math.min(USUAL_SECONDS, chosen.maxDurationSeconds),
    filled,
  );
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

function oneOf(broker: Broker, id: string): Promise<EntitlementInfo> {
  return broker.get(`/v1/entitlements/${id}`, entitlement);
}

async function chooseOne(broker: Broker): Promise<EntitlementInfo> {
  const { entitlements: all } = await broker.get('/v1/entitlements', entitlements);
  const askable = all.filter(({ outcome }) => outcome !== 'deny');
  if (askable.length === 0) throw new UsageError('There is nothing that you may ask for.');
  const id = await choose(
    'What do you need?',
    askable.map((it) => ({
      value: it.id,
      label: `${it.id}  ${plain(it.title)}`,
      ...(it.outcome === 'approve' && { hint: 'needs an approval' }),
    })),
  );
  return askable.find((it) => it.id === id) ?? oneOf(broker, id);
}

/** Asks for what is missing. With the entitlement chosen from the list, also for what is optional. */
async function fill(
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
        ? await ask(message)
        : await choose(
            message,
            values.map((value) => ({ value, label: plain(value) })),
          );
  }
  const most = formatDuration(chosen.maxDurationSeconds);
  const usual = formatDuration(Math.min(USUAL_SECONDS, chosen.maxDurationSeconds));
  const length =
    options.for ??
    (everything ? duration(await ask(`For how long? At most ${most}`, usual, usual)) : undefined);
  const needsReason = chosen.justification === 'required' && options.reason === undefined;
  const reason = needsReason ? await ask('What for?', 'in a sentence') : options.reason;
  return {
    ...options,
    parameter,
    ...(length !== undefined && { for: length }),
    ...(reason !== undefined && { reason }),
  };
}

const LIST = 'See what there is: valetkey list';
