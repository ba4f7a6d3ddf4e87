import fc from 'fast-check';

/** Texts that a pattern matches: every wildcard is replaced by something it stands for. */
export function expansions(of: string, unit: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const parts = Array.from(of, (symbol) => {
    if (symbol === '*') return fc.string({ unit, maxLength: 3 });
    return symbol === '?' ? unit : fc.constant(symbol);
  });
  return fc.tuple(...parts).map((texts) => texts.join(''));
}
