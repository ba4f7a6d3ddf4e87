import * as z from 'zod/mini';
import { formatDuration, parseTypedDuration } from '../../core/duration.ts';

/** A request as it is kept in a file, to be sent later by its name. */
export const savedRequest = z.strictObject({
  entitlement: z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,62}$/)),
  parameters: z.optional(z.record(z.string(), z.string())),
  for: z.optional(z.string().check(z.refine((text) => parseTypedDuration(text).ok))),
  reason: z.optional(z.string()),
  ticket: z.optional(z.string()),
  actions: z.optional(z.array(z.string())),
  resources: z.optional(z.array(z.string())),
  /** Name or URL of the broker. */
  broker: z.optional(z.string()),
});
export type SavedRequest = z.infer<typeof savedRequest>;

/** What the options of a command say of a request, by the names of the options. */
type Chosen = {
  readonly parameter?: Readonly<Record<string, string>>;
  /** In seconds. */
  readonly for?: number;
  readonly reason?: string;
  readonly ticket?: string;
  readonly action?: readonly string[];
  readonly resource?: readonly string[];
  readonly broker?: string;
};

export function savedFrom(entitlement: string, chosen: Chosen): SavedRequest {
  const { parameter = {}, reason, ticket, action = [], resource = [], broker } = chosen;
  return {
    entitlement,
    ...(Object.keys(parameter).length > 0 && { parameters: { ...parameter } }),
    ...(chosen.for !== undefined && { for: formatDuration(chosen.for) }),
    ...(reason !== undefined && { reason }),
    ...(ticket !== undefined && { ticket }),
    ...(action.length > 0 && { actions: [...action] }),
    ...(resource.length > 0 && { resources: [...resource] }),
    ...(broker !== undefined && { broker }),
  };
}

export function optionsOf(saved: SavedRequest): Chosen {
  const { parameters, reason, ticket, actions, resources, broker } = saved;
  const length = saved.for === undefined ? null : parseTypedDuration(saved.for);
  return {
    ...(parameters !== undefined && { parameter: parameters }),
    ...(length?.ok === true && { for: length.value }),
    ...(reason !== undefined && { reason }),
    ...(ticket !== undefined && { ticket }),
    ...(actions !== undefined && { action: actions }),
    ...(resources !== undefined && { resource: resources }),
    ...(broker !== undefined && { broker }),
  };
}

/** Whether two saved requests ask for the same. */
export function isSameRequest(a: SavedRequest, b: SavedRequest): boolean {
  const text = (saved: SavedRequest): string => {
    const parameters = Object.entries(saved.parameters ?? {}).toSorted();
    const entries = Object.entries({ ...saved, parameters }).toSorted(([x], [y]) =>
      x < y ? -1 : 1,
    );
    return JSON.stringify(entries);
  };
  return text(a) === text(b);
}

/** The request as arguments of a command, for people to read and to paste into a shell. */
export function argumentsOf(saved: SavedRequest): string {
  const { entitlement, parameters = {}, reason, ticket, actions = [], resources = [] } = saved;
  const one = (flag: string, value: string | undefined) =>
    value === undefined ? [] : [flag, value];
  const words = [
    entitlement,
    ...Object.entries(parameters).flatMap(([name, value]) => ['-p', `${name}=${value}`]),
    ...one('--for', saved.for),
    ...one('--reason', reason),
    ...one('--ticket', ticket),
    ...actions.flatMap((action) => ['--action', action]),
    ...resources.flatMap((resource) => ['--resource', resource]),
    ...one('--broker', saved.broker),
  ];
  return words.map(shellWord).join(' ');
}

/** A word as a POSIX shell reads it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
