import { groupBy } from '../group-by.ts';
import { BUILT_IN_PLACEHOLDERS, fullMatch, PARAMETER_NAME } from '../session-policy/parameters.ts';
import { arnOf, arnPartsOf } from './arn-parts.ts';
import { commonShape, shapeOf } from './value-shape.ts';

/** A parameter that is guessed, and the one value that stood in its place. */
export type GuessedParameter = {
  readonly name: string;
  readonly value: string;
  readonly pattern: string;
};

export type LearnedResources = {
  /** The pattern that stands for a resource; null for what is no ARN. */
  readonly patternOf: (resource: string) => string | null;
  readonly parameters: readonly GuessedParameter[];
};

/** What is written as a placeholder; null where several were seen. */
export type Place = { readonly account: string | null; readonly region: string | null };

/** So many names are listed side by side; more are `*`. A first part is a bucket, or a kind of resource. */
const MOST_FIRST = 20;
const SHORTEST_NAME = 3;

/** A resource in its parts: what precedes its name, and the name as words and what stands between them. */
type Split = {
  readonly resource: string;
  readonly head: readonly string[];
  readonly words: readonly string[];
  /** `null` from where on everything is `*`. */
  kept: number | null;
};

/**
 * Patterns for resources that were called: account and Region become placeholders; ids, dates, versions and names that
 * recur in several kinds of resources become parameters; and where many differ in one place, `*` stands for them.
 *
 * @param most How many names are listed side by side.
 */
export function learnResources(
  resources: readonly string[],
  place: Place,
  most: number,
): LearnedResources {
  const splits = [...new Set(resources)].flatMap((resource): readonly Split[] => {
    const parts = arnPartsOf(resource);
    if (parts === null) return [];
    const [partition, service, region, account, rest] = parts;
    const where = region !== '' && region === place.region ? '{{region}}' : region;
    const whose = account !== '' && account === place.account ? '{{account}}' : account;
    const head = [partition, service, where, whose];
    return [{ resource, head, words: rest.split(/([/:])/), kept: null }];
  });
  for (const alike of groupBy(splits, ({ head }) => head.join(' ')).values()) cut(alike, 0, most);
  const parameters = guess(splits);
  const names = new Map(parameters.map(({ name, value }) => [value, name]));
  const patterns = new Map(splits.map((split) => [split.resource, patternOf(split, names)]));
  return { patternOf: (resource) => patterns.get(resource) ?? null, parameters };
}

/** Finds where resources that begin alike differ too much to be listed. */
function cut(alike: readonly Split[], at: number, most: number): void {
  const going = alike.filter(({ words }) => at < words.length);
  if (going.length === 0) return;
  const groups = groupBy(going, ({ words }) => words[at] ?? '');
  const values = [...groups.keys()];
  const areIds = values.length > 1 && values.every((value) => shapeOf(value) !== null);
  const limit = at === 0 ? Math.max(most, MOST_FIRST) : most;
  // What stands between words stays: without it, the name of one bucket would be the beginning of another's.
  const isWord = at % 2 === 0;
  if (isWord && (areIds || values.length > limit || values.some(isOdd))) {
    for (const split of going) split.kept = at;
    return;
  }
  for (const group of groups.values()) cut(group, at + 1, most);
}

/** Text that IAM or a placeholder would read as something else. */
function isOdd(word: string): boolean {
  return /[*?$]|\{\{|\}\}|[^\x20-\x7e]/.test(word);
}

function guess(splits: readonly Split[]): readonly GuessedParameter[] {
  const found = new Map<string, { readonly before: string; readonly families: Set<string> }>();
  for (const { head, words, kept } of splits) {
    const whole = words.slice(0, kept ?? words.length);
    for (const [at, word] of whole.entries()) {
      // The first word is a bucket or a kind of resource; every second one is what stands between.
      if (at === 0 || at % 2 === 1 || word.length < SHORTEST_NAME) continue;
      const kind = head[1] === 's3' ? '' : (whole[0] ?? '');
      const known = found.get(word) ?? { before: whole[at - 2] ?? '', families: new Set<string>() };
      known.families.add(`${head[1]} ${kind} ${at}`);
      found.set(word, known);
    }
  }
  const names = new Set<string>(BUILT_IN_PLACEHOLDERS);
  return [...found].flatMap(([value, { before, families }]): readonly GuessedParameter[] => {
    const shape = shapeOf(value);
    if (shape === null && families.size < 2) return [];
    const { kind, pattern } = shape ?? commonShape([value]);
    if (!fullMatch(pattern).test(value)) return [];
    const name = freeName(kind === 'id' || kind === 'name' ? nameAfter(before, kind) : kind, names);
    names.add(name);
    return [{ name, value, pattern }];
  });
}

/** `function` for a name after `function:`, `keyId` for an id after `key/`. */
function nameAfter(before: string, kind: string): string {
  const word = /^[a-z]{3,20}$/.test(before) ? before : '';
  if (kind === 'name') return word === '' ? 'name' : word;
  return word === '' ? 'id' : `${word}Id`;
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  const base = PARAMETER_NAME.test(wanted) ? wanted : 'value';
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}${number}`;
    if (!taken.has(name)) return name;
  }
}

function patternOf({ head, words, kept }: Split, names: ReadonlyMap<string, string>): string {
  const whole = words.slice(0, kept ?? words.length).map((word, at) => {
    const name = at === 0 || at % 2 === 1 ? undefined : names.get(word);
    return name === undefined ? word : `{{${name}}}`;
  });
  return arnOf([...head, `${whole.join('')}${kept === null ? '' : '*'}`]);
}
