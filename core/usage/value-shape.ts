/** What a value looks like, for parameters that are guessed. */

export type Shape = {
  /** Names a parameter that nothing better names. */
  readonly kind: 'id' | 'date' | 'version' | 'name';
  /** Of a parameter; `valetkey policy check` accepts it. */
  readonly pattern: string;
};

const SHAPES: readonly (Shape & { readonly test: RegExp })[] = [
  {
    kind: 'id',
    test: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    pattern: '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}',
  },
  { kind: 'date', test: /^\d{4}-\d{2}-\d{2}$/, pattern: '[0-9]{4}-[0-9]{2}-[0-9]{2}' },
  { kind: 'date', test: /^(19|20)\d{6}$/, pattern: '[0-9]{8}' },
  {
    kind: 'version',
    test: /^v?\d{1,6}(\.\d{1,6}){1,3}$/,
    pattern: 'v?[0-9]{1,6}(\\.[0-9]{1,6}){1,3}',
  },
  { kind: 'id', test: /^[a-z]{1,8}-[0-9a-f]{8,17}$/, pattern: '[a-z]{1,8}-[0-9a-f]{8,17}' },
  { kind: 'id', test: /^(?=.*\d)[0-9a-f]{12,64}$/, pattern: '[0-9a-f]{12,64}' },
  { kind: 'id', test: /^\d{6,20}$/, pattern: '[0-9]{6,20}' },
];

/** Null for a value that looks like a word. */
export function shapeOf(value: string): Shape | null {
  const shape = SHAPES.find(({ test }) => test.test(value));
  return shape === undefined ? null : { kind: shape.kind, pattern: shape.pattern };
}

/** Ranges of characters, and those between words, which a pattern takes over from the values. */
const RANGES = [
  [/[a-z]/, 'a-z'],
  [/[A-Z]/, 'A-Z'],
  [/[0-9]/, '0-9'],
] as const;
const BETWEEN = '_.@=+,-';

/** One shape for all values: that which they have in common, or the characters that they consist of. */
export function commonShape(values: readonly string[]): Shape {
  const [first = ''] = values;
  const shape = shapeOf(first);
  if (shape !== null && values.every((value) => shapeOf(value)?.pattern === shape.pattern)) {
    return shape;
  }
  const all = values.join('');
  const ranges = RANGES.filter(([test]) => test.test(all)).map(([, range]) => range);
  const beginning = ranges.length === 0 ? 'a-z0-9' : ranges.join('');
  const between = [...BETWEEN].filter((character) => all.includes(character)).join('');
  return { kind: 'name', pattern: `[${beginning}][${beginning}${between}]{0,62}` };
}
