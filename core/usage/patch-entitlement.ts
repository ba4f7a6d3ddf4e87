import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { type Document, isSeq, parseDocument } from 'yaml';
import { entitlementFile } from '../bundle/entitlement-file.ts';
import { withStatements } from '../bundle/pasted-policy.ts';
import { type Path, readYaml } from '../bundle/yaml-file.ts';
import { exactScalars } from '../bundle/yaml-scalars.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Entitlement, Statement } from '../entitlement.ts';
import { containsTemplate } from '../policy/pattern-overlap.ts';
import { err, ok, type Result } from '../result.ts';
import { containsAction } from '../session-policy/glob.ts';
import { removeItems } from './remove-items.ts';
import { type Replacements, replaceEntries } from './yaml-edits.ts';
import { type Edit, withEdits } from './yaml-places.ts';

/**
 * Puts narrower statements into the text of an entitlement's file. Lines that do not change stay as they are, with
 * their comments, quotes and order. The outcome is read again, and must mean what was asked for.
 *
 * @param statements One for each statement of the file; null for one that goes.
 * @returns the text, or why the file cannot be changed in place.
 */
export function patchEntitlement(
  file: string,
  text: string,
  statements: readonly (Statement | null)[],
): Result<string, string> {
  const before = readYaml(file, text, entitlementFile, withStatements);
  if (!before.ok) return err(`${file} is not a valid entitlement`);
  const document = parseDocument(text, {
    keepSourceTokens: true,
    merge: true,
    customTags: exactScalars,
  });
  const { placeOf } = withStatements(document.toJS());
  const old = before.value.value.statements;
  const edits = [
    ...removals(text, document, goneOf(statements, placeOf)),
    ...old.flatMap((statement, index) =>
      changes(text, document, statement, statements[index], (field) =>
        placeOf(['statements', index, field]),
      ),
    ),
  ];
  if (edits.includes(null)) return err(byHand(file));
  const patched = withEdits(
    text,
    edits.filter((edit) => edit !== null),
  );
  const after = readYaml(file, patched, entitlementFile, withStatements);
  const wanted = { ...before.value.value, statements: statements.filter((one) => one !== null) };
  const isRight = after.ok && meaningOf(after.value.value) === meaningOf(wanted);
  return isRight ? ok(patched) : err(byHand(file));
}

/** To IAM, the order of actions and of resources is nothing, and neither is one that stands there twice. */
function meaningOf({ statements, ...others }: Entitlement): string {
  const sets = statements.map((one) => ({
    ...one,
    Action: one.Action && [...new Set(one.Action)].toSorted(),
    Resource: one.Resource && [...new Set(one.Resource)].toSorted(),
  }));
  return canonicalJson({ ...others, statements: sets });
}

function byHand(file: string): string {
  return `${file} cannot be changed in place, because of how its statements are written (anchors, for example); change it by hand`;
}

/**
 * The change of a file of a bundle, as `git apply` and `patch -p1` take it in the bundle's folder.
 *
 * @param file Its path in the bundle, with `/`.
 */
export function unifiedDiff(file: string, before: string, after: string): string {
  const patch = createTwoFilesPatch(`a/${file}`, `b/${file}`, before, after, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
  // Without a tab after it, as git writes one, `patch` takes a name with blanks only up to the first.
  return patch.replace(/^(--- .* .*)\n(.*)\n/, '$1\t\n$2\t\n');
}

/** The paths of what goes: statements, and policies that were pasted as a whole and lose all of theirs. */
function goneOf(
  statements: readonly (Statement | null)[],
  placeOf: (path: Path) => Path,
): readonly Path[] {
  const all = statements.map((statement, index) => {
    const path = placeOf(['statements', index]);
    const at = path.indexOf('Statement');
    return { statement, path, policy: at < 0 ? null : path.slice(0, at) };
  });
  const gone = all
    .filter(({ statement }) => statement === null)
    .map(({ path, policy }) => {
      const others = all.filter((one) => policy !== null && same(one.policy, policy));
      const isWhole = policy !== null && others.every(({ statement }) => statement === null);
      return isWhole ? policy : path;
    });
  return gone.filter((path, index) => gone.findIndex((one) => same(one, path)) === index);
}

function same(one: Path | null, other: Path): boolean {
  return one !== null && one.map(String).join('\n') === other.map(String).join('\n');
}

function removals(
  text: string,
  document: Document,
  gone: readonly Path[],
): readonly (Edit | null)[] {
  const lists = gone.map((path) => path.slice(0, -1));
  const distinct = lists.filter(
    (list, index) => lists.findIndex((one) => same(one, list)) === index,
  );
  return distinct.flatMap((list): readonly (Edit | null)[] => {
    const node = document.getIn(list, true);
    const indexes = gone
      .filter((path) => same(path.slice(0, -1), list))
      .map((path) => Number(path.at(-1)));
    return isSeq(node) ? removeItems(text, node, indexes) : [null];
  });
}

function changes(
  text: string,
  document: Document,
  old: Statement,
  now: Statement | null | undefined,
  placeOf: (field: 'Action' | 'Resource') => Path,
): readonly (Edit | null)[] {
  if (now == null) return [];
  return (['Action', 'Resource'] as const).flatMap((field): readonly (Edit | null)[] => {
    const [from = [], to = []] = [old[field], now[field]];
    if (canonicalJson(from) === canonicalJson(to)) return [];
    const path = placeOf(field);
    const node = document.getIn(path, true);
    const contains = field === 'Action' ? containsAction : containsTemplate;
    return (
      replaceEntries(text, node, isInFlow(document, path), replacing(from, to, contains)) ?? [null]
    );
  });
}

/** Each new entry stands where the first old one was that contains it. */
function replacing(
  from: readonly string[],
  to: readonly string[],
  contains: (outer: string, inner: string) => boolean,
): Replacements {
  const added = to.filter((entry) => !from.includes(entry));
  const placed = new Map<string, string[]>();
  for (const entry of added) {
    const place = from.find((old) => !to.includes(old) && contains(old, entry));
    if (place !== undefined) placed.set(place, [...(placed.get(place) ?? []), entry]);
  }
  return (entry) => (to.includes(entry) ? [entry] : (placed.get(entry) ?? []));
}

function isInFlow(document: Document, path: Path): boolean {
  return path.some((_, depth) => {
    const node = document.getIn(path.slice(0, depth), true) as { readonly flow?: boolean };
    return node?.flow === true;
  });
}
