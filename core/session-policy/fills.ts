import { type Entitlement, type Parameters, targetPartition } from '../entitlement.ts';
import { escapePointer, type FieldError } from '../field-error.ts';
import { firstCharacters } from '../text.ts';
import { withoutVariables } from './policy-variables.ts';
import { mistakeInText, type StatementText, textsOf } from './statement-texts.ts';
import { fillPlaceholders, placeholdersIn } from './template.ts';
import { OPEN } from './typed-values.ts';

/** Stand for the deployment, whose own values are always valid. */
const DEPLOYMENT = { account: '000000000000', region: 'xx-any-1' };

/** With more combinations of listed values than this, each value is tried with the first of the others. */
const MOST_COMBINATIONS = 64;

/**
 * What is wrong with a text of an entitlement's statements, whatever values its placeholders get. A value
 * that only a pattern describes is not known, and checked when it is (`checkFills`).
 */
export function mistakeInTemplate(
  { text, kind }: StatementText,
  entitlement: Entitlement,
): string | null {
  const partition = targetPartition(entitlement);
  for (const values of combinations(placeholdersIn(text), entitlement)) {
    const filled = fillPlaceholders(text, (name) => values[name] ?? OPEN);
    const moving = movesParts(text, kind, values);
    if (moving !== null)
      return `has a value of {{${moving}}} with a colon, ${MOVES} of the ARN; write it without`;
    const mistake = mistakeInText(filled, kind, partition);
    if (mistake !== null) return `'${shown(filled.includes(OPEN) ? text : filled)}' ${mistake}`;
  }
  return null;
}

/** An error for each parameter whose value, although it matches its pattern, makes a statement invalid. */
export function checkFills(
  entitlement: Entitlement,
  parameters: Parameters,
): readonly FieldError[] {
  const partition = targetPartition(entitlement);
  const values: Readonly<Record<string, string>> = { ...parameters, ...DEPLOYMENT, partition };
  const found = new Map<string, FieldError>();
  for (const { text, kind } of entitlement.statements.flatMap(textsOf)) {
    const moving = movesParts(text, kind, parameters);
    if (moving !== null) {
      const detail = `has a colon, ${MOVES} of '${shown(text)}'`;
      found.set(moving, { pointer: `/parameters/${escapePointer(moving)}`, detail });
      continue;
    }
    const name = placeholdersIn(text).find((one) => Object.hasOwn(parameters, one));
    if (name === undefined || found.has(name)) continue;
    const filled = fillPlaceholders(text, (one) => values[one] ?? OPEN);
    const mistake = mistakeInText(filled, kind, partition);
    const detail = `makes '${shown(filled)}', which ${mistake}`;
    if (mistake !== null) {
      found.set(name, { pointer: `/parameters/${escapePointer(name)}`, detail });
    }
  }
  return [...found.values()];
}

const MOVES = 'which moves the parts';

/** The placeholder before the fifth colon of an ARN whose value has one: the account would be the caller's choice. */
function movesParts(text: string, kind: StatementText['kind'], values: Parameters): string | null {
  if (kind !== 'resource' && kind !== 'arn') return null;
  const parts = withoutVariables(text).split(':');
  if (parts.length < 6) return null;
  const early = placeholdersIn(parts.slice(0, 5).join(':'));
  const has = (name: string) => Object.hasOwn(values, name) && values[name]?.includes(':') === true;
  return early.find(has) ?? null;
}

function combinations(
  names: readonly string[],
  entitlement: Entitlement,
): readonly Readonly<Record<string, string>>[] {
  const builtIns = { ...DEPLOYMENT, partition: targetPartition(entitlement) };
  const listed = [...new Set(names)].flatMap((name) => {
    const values = Object.hasOwn(entitlement.parameters, name)
      ? entitlement.parameters[name]?.values
      : undefined;
    return values === undefined ? [] : [{ name, values }];
  });
  const count = listed.reduce((product, { values }) => product * values.length, 1);
  if (count <= MOST_COMBINATIONS) {
    return listed.reduce<readonly Readonly<Record<string, string>>[]>(
      (all, { name, values }) =>
        all.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
      [builtIns],
    );
  }
  const first = Object.fromEntries(listed.map(({ name, values }) => [name, values[0] ?? '']));
  return listed.flatMap(({ name, values }) =>
    values.map((value) => ({ ...builtIns, ...first, [name]: value })),
  );
}

function shown(text: string): string {
  return text.length <= 120 ? text : `${firstCharacters(text, 120)}…`;
}
