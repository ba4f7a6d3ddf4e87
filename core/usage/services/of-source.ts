import { groupBy } from '../../group-by.ts';
import { actionsOfService } from '../actions.ts';
import { REVIEWED } from './reviewed.ts';
import { type Service, words } from './service.ts';

/** Sources of services in the list that have another prefix. */
const ALIASES: Readonly<Record<string, string>> = {
  'servicecatalog-appregistry': 'servicecatalog',
  appstream2: 'appstream',
};

/** Of the hosts that CloudTrail names as the source of an event. */
export const SUFFIX = /\.amazonaws\.com(?:\.cn)?$/;

const BY_SOURCE = groupBy(
  REVIEWED.flatMap((service) => service.sources.map((source) => ({ source, service }))),
  ({ source }) => source,
);

/** By the name of the event in lower case: `GetBucketCors` is the action `s3:GetBucketCORS`. */
export type EventActions = ReadonlyMap<string, readonly string[]>;

const READ = new Map<string, EventActions>();
const NOTHING: EventActions = new Map();

/**
 * The actions that each event of a source stands for: by the rows of the reviewed services, and for others by the names
 * of their actions alone.
 *
 * @param source without `.amazonaws.com`
 */
export function eventsOfSource(source: string): EventActions {
  const read = READ.get(source);
  if (read !== undefined) return read;
  const services = BY_SOURCE.get(source);
  const events =
    services === undefined
      ? namesOf(ALIASES[source] ?? source)
      : new Map(services.toReversed().flatMap(({ service }) => [...eventsOf(service)]));
  // Only sources that exist are kept: a log can hold any number of others.
  if (events.size > 0) READ.set(source, events);
  return events;
}

/**
 * The services, as actions name them, whose calls have this source.
 *
 * @param source `monitoring.amazonaws.com`
 */
export function servicesOf(source: string): readonly string[] {
  const name = source.replace(SUFFIX, '');
  const services = BY_SOURCE.get(name);
  return services?.map(({ service }) => service.service) ?? [ALIASES[name] ?? name];
}

/** The events of one service, named by its prefix. */
export function eventsOfService(prefix: string): EventActions {
  const service = REVIEWED.find((row) => row.service === prefix);
  return service === undefined ? namesOf(prefix) : eventsOf(service);
}

function eventsOf(service: Service): EventActions {
  const renamed = (service.events ?? []).flatMap(({ of }) =>
    Object.entries(of).map(
      ([event, actions]) =>
        [
          event.toLowerCase(),
          words(actions).map((name) => withPrefix(service.service, name)),
        ] as const,
    ),
  );
  return new Map([...namesOf(service.service), ...renamed]);
}

function namesOf(prefix: string): EventActions {
  const known = actionsOfService(prefix);
  if (known === null) return NOTHING;
  return new Map(
    [...known.values()].map(({ action }) => [
      action.slice(prefix.length + 1).toLowerCase(),
      [action],
    ]),
  );
}

export function withPrefix(prefix: string, name: string): string {
  return name.includes(':') ? name : `${prefix}:${name}`;
}
