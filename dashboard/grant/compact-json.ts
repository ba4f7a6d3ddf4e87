/** JSON to read: what fits on a line stays on one. */
export function compactJson(value: unknown, width = 64, indent = ''): string {
  const spaced = spread(value);
  if (typeof value !== 'object' || value === null) return spaced;
  if (indent.length + spaced.length <= width) return spaced;
  const inner = `${indent}  `;
  const lines = Array.isArray(value)
    ? value.map((item) => `${inner}${compactJson(item, width, inner)}`)
    : Object.entries(value).map(
        ([name, item]) => `${inner}${JSON.stringify(name)}: ${compactJson(item, width, inner)}`,
      );
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}

function spread(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(spread).join(', ')}]`;
  const members = Object.entries(value).map(
    ([name, item]) => `${JSON.stringify(name)}: ${spread(item)}`,
  );
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}
