import type { EntityUidJson, PolicyJson } from '@cedar-policy/cedar-wasm/web';
import type { Condition, Named, Subject } from '../../core/policy/condition.ts';

const OTHER: Condition = { kind: 'other' };

/** What the JSON form of a policy asks about its principal, in its head and its clauses. */
export function conditionOf({ principal, conditions }: PolicyJson): Condition {
  const clauses = conditions.map(({ kind, body }): Condition => {
    const condition = read(body);
    return kind === 'when' ? condition : { kind: 'not', of: condition };
  });
  return { kind: 'all', of: [...headOf(principal), ...clauses] };
}

function headOf(principal: PolicyJson['principal']): readonly Condition[] {
  const entity =
    'entity' in principal
      ? principal.entity
      : 'in' in principal && principal.in !== undefined && 'entity' in principal.in
        ? principal.in.entity
        : null;
  return [
    ...('entity_type' in principal ? [{ kind: 'is', type: principal.entity_type } as const] : []),
    ...(entity === null ? [] : [{ kind: 'among', named: [named(entity)] } as const]),
  ];
}

function named(entity: EntityUidJson): Named {
  const { type, id } = '__entity' in entity ? entity.__entity : entity;
  return { type, id };
}

type Node = Readonly<Record<string, unknown>>;

/** One operator a node, as Cedar's JSON has it. */
function read(node: unknown): Condition {
  const [[operator, operand] = ['', null]] = Object.entries(asNode(node));
  const { left, right, arg, pattern, ...rest } = asNode(operand);
  switch (operator) {
    case 'Value':
      return typeof operand === 'boolean' ? { kind: operand ? 'all' : 'any', of: [] } : OTHER;
    case '&&':
      return { kind: 'all', of: [read(left), read(right)] };
    case '||':
      return { kind: 'any', of: [read(left), read(right)] };
    case '!':
      return { kind: 'not', of: read(arg) };
    case 'if-then-else':
      return choice(read(rest['if']), read(rest['then']), read(rest['else']));
    case '==':
      return equality(left, right);
    case '!=':
      return { kind: 'not', of: equality(left, right) };
    case 'contains':
      return equality(right, ...listOf(left));
    case 'in':
      return among(left, listOf(right));
    case 'is':
      return typed(left, rest);
    case 'like':
      return like(left, pattern);
    case 'hasTag':
      return isPrincipal(left) && typeof textOf(right) === 'string'
        ? { kind: 'tagged', tag: textOf(right) ?? '' }
        : OTHER;
    default:
      return OTHER;
  }
}

function choice(condition: Condition, then: Condition, otherwise: Condition): Condition {
  const not: Condition = { kind: 'not', of: condition };
  return {
    kind: 'any',
    of: [
      { kind: 'all', of: [condition, then] },
      { kind: 'all', of: [not, otherwise] },
    ],
  };
}

/** Whether a node is one of others, whichever side the principal is on. */
function equality(node: unknown, ...others: readonly unknown[]): Condition {
  const [other] = others;
  if (others.length === 1 && (isPrincipal(other) || subjectOf(other) !== null)) {
    if (!isPrincipal(node) && subjectOf(node) === null) return equality(other, node);
  }
  if (isPrincipal(node)) return among(node, others);
  const subject = subjectOf(node);
  const values = others.map(textOf);
  if (subject === null || values.includes(null)) return OTHER;
  return { kind: 'equals', subject, values: values.map((value) => value ?? '') };
}

function among(node: unknown, others: readonly unknown[]): Condition {
  const entities = others.map(entityOf);
  if (!isPrincipal(node) || entities.includes(null)) return OTHER;
  return { kind: 'among', named: entities.flatMap((entity) => entity ?? []) };
}

/** `is` in a clause, with `in` after it or without. */
function typed(node: unknown, { entity_type: type, in: within }: Node): Condition {
  if (!isPrincipal(node) || typeof type !== 'string') return OTHER;
  const is: Condition = { kind: 'is', type };
  return within === undefined ? is : { kind: 'all', of: [is, among(node, listOf(within))] };
}

function like(node: unknown, pattern: unknown): Condition {
  const subject = subjectOf(node);
  if (subject === null || !Array.isArray(pattern)) return OTHER;
  const parts = [''];
  for (const symbol of pattern as readonly unknown[]) {
    if (symbol === 'Wildcard') parts.push('');
    else parts[parts.length - 1] += String(asNode(symbol)['Literal'] ?? '');
  }
  return { kind: 'like', subject, parts };
}

function subjectOf(node: unknown): Subject | null {
  const { '.': attribute, getTag } = asNode(node);
  const access = asNode(attribute);
  if (isPrincipal(access['left']) && access['attr'] === 'issuer') return { attribute: 'issuer' };
  const tag = asNode(getTag);
  const name = textOf(tag['right']);
  return isPrincipal(tag['left']) && name !== null ? { tag: name } : null;
}

function isPrincipal(node: unknown): boolean {
  return asNode(node)['Var'] === 'principal';
}

function textOf(node: unknown): string | null {
  const value = asNode(node)['Value'];
  return typeof value === 'string' ? value : null;
}

function entityOf(node: unknown): Named | null {
  const { type, id } = asNode(asNode(asNode(node)['Value'])['__entity']);
  return typeof type === 'string' && typeof id === 'string' ? { type, id } : null;
}

/** The elements of a set; a single expression stands for itself. */
function listOf(node: unknown): readonly unknown[] {
  const { Set: elements } = asNode(node);
  return Array.isArray(elements) ? elements : [node];
}

function asNode(value: unknown): Node {
  return typeof value === 'object' && value !== null ? (value as Node) : {};
}

/** Whether an expression reads the attribute `name`, which of all entities only principals have. */
export function readsName(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false;
  const { '.': access, has } = node as Node;
  const attributes = [access, has].flatMap((one) => asNode(one)['attr'] ?? []);
  return attributes.includes('name') || Object.values(node).some(readsName);
}
