import type { Mentions } from '../../core/bundle/bundle.ts';

/** Collects what the JSON form of a policy reads of the context, and the literals it compares with. */
export function mentionsIn(policy: unknown): Mentions {
  const found = {
    attributes: new Set<string>(),
    networks: new Set<string>(),
    tickets: new Set<string>(),
  };
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const node = value as Readonly<Record<string, unknown>>;
    const attribute = contextAttribute(node['.'] ?? node['has']);
    if (attribute !== null) found.attributes.add(attribute);
    const [address] = list(node['ip']).map(literal);
    if (typeof address === 'string') found.networks.add(address);
    const ticket = ticketIn(node);
    if (ticket !== null) found.tickets.add(ticket);
    Object.values(node).forEach(visit);
  };
  visit(policy);
  return {
    attributes: [...found.attributes].sort(),
    networks: [...found.networks].sort(),
    tickets: [...found.tickets].sort(),
  };
}

/** The attribute in `context.<attribute>` or `context has <attribute>`. */
function contextAttribute(node: unknown): string | null {
  if (typeof node !== 'object' || node === null) return null;
  const { left, attr } = node as {
    readonly left?: { readonly Var?: unknown };
    readonly attr?: unknown;
  };
  if (left?.Var !== 'context') return null;
  const name = Array.isArray(attr) ? attr[0] : attr;
  return typeof name === 'string' ? name : null;
}

/** A ticket for which `context.ticket == "…"` or `context.ticket like "…"` is true. */
function ticketIn(node: Readonly<Record<string, unknown>>): string | null {
  const { left, right, pattern } = (node['=='] ?? node['like'] ?? {}) as Readonly<
    Record<string, unknown>
  >;
  if (contextAttribute((left as Readonly<Record<string, unknown>> | undefined)?.['.']) !== 'ticket')
    return null;
  if (pattern === undefined) {
    const value = literal(right);
    return typeof value === 'string' ? value : null;
  }
  return list(pattern)
    .map((part) =>
      part === 'Wildcard' ? '1' : ((part as { readonly Literal?: string }).Literal ?? ''),
    )
    .join('');
}

function literal(node: unknown): unknown {
  return typeof node === 'object' && node !== null && 'Value' in node ? node.Value : null;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
