import { describePasted } from './describe-issue.ts';
import type { Path, Reading } from './yaml-file.ts';

type Mapping = Readonly<Record<string, unknown>>;
type Entry = { readonly value: unknown; readonly path: Path };
type Mistake = Reading['mistakes'][number];

const STATEMENTS = 'statements';
const DOCUMENT = ['Version', 'Id', 'Statement'];
const CURRENT = '2012-10-17';
const FIRST = '2008-10-17';

/**
 * An entitlement's `statements` may be a list, a single statement, or whole IAM policies as they are
 * pasted: all become one list. `Version` and `Id` are checked and left out, because the session policy
 * has a version of its own.
 */
export function withStatements(data: unknown): Reading {
  const written = isMapping(data) ? data[STATEMENTS] : undefined;
  if (!isMapping(data) || !(isMapping(written) || Array.isArray(written))) {
    return { value: data, mistakes: [], placeOf: (path) => path };
  }
  const items = itemsOf({ value: written, path: [STATEMENTS] });
  const entries = items.flatMap(statementsIn);
  return {
    value: { ...data, [STATEMENTS]: entries.map(({ value }) => value) },
    mistakes: items.filter(({ value }) => isDocument(value)).flatMap(mistakesIn),
    placeOf: (path) => {
      const [field, index, ...rest] = path;
      const entry = field === STATEMENTS ? entries[Number(index)] : undefined;
      return entry === undefined ? path : [...entry.path, ...rest];
    },
  };
}

function itemsOf({ value, path }: Entry): readonly Entry[] {
  return Array.isArray(value)
    ? value.map((item: unknown, index) => ({ value: item, path: [...path, index] }))
    : [{ value, path }];
}

function statementsIn(entry: Entry): readonly Entry[] {
  const { value, path } = entry;
  return isDocument(value)
    ? itemsOf({ value: value['Statement'], path: [...path, 'Statement'] })
    : [entry];
}

function mistakesIn({ value, path }: Entry): readonly Mistake[] {
  const document = value as Mapping;
  const unknown = Object.keys(document)
    .filter((key) => !DOCUMENT.includes(key))
    .map((key) => ({
      path: [...path, key],
      message:
        describePasted(key) ??
        `is not a part of an IAM policy, which has ${DOCUMENT.join(', ')}; remove it`,
    }));
  const version = versionMistake(document);
  const id = typeof (document['Id'] ?? '') === 'string' ? null : 'must be text';
  return [
    ...unknown,
    ...(version === null
      ? []
      : [{ path: 'Version' in document ? [...path, 'Version'] : path, message: version }]),
    ...(id === null ? [] : [{ path: [...path, 'Id'], message: id }]),
  ];
}

/**
 * Without a version, a policy has the first one, which knows no policy variables.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
 */
function versionMistake(document: Mapping): string | null {
  const version = 'Version' in document ? document['Version'] : FIRST;
  if (version === CURRENT) return null;
  if (version !== FIRST) return `is not a version of IAM policies; write '${CURRENT}'`;
  if (!JSON.stringify(document['Statement'] ?? null).includes('${')) return null;
  const what = 'Version' in document ? `is ${FIRST}` : `has no Version, which means ${FIRST}`;
  return `${what}, in which \${…} is plain text, but here it is a policy variable; write Version: '${CURRENT}' if you mean the variable`;
}

function isDocument(value: unknown): value is Mapping {
  return isMapping(value) && Object.hasOwn(value, 'Statement');
}

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
