import { describe, expect, test } from '@jest/globals';
import type { ParameterSpec } from '../../../core/entitlement.ts';
import { checkParameters } from '../../../core/session-policy/parameters.ts';
import { entitlement, parameter } from '../../support/entitlements.ts';

const UNICODE: ParameterSpec = { ...parameter('[^]{0,64}', 10), unicode: true };

const NOT_PRINTABLE = [
  '\u00a0',
  '\u3000',
  '\u200b',
  '\u202e',
  '\ufeff',
  '\u0000',
  '\n',
  '\u2028',
  '\u00ad',
];
const OUTSIDE_OF_THE_PLANE = ['\ud800', '\ue000', '\uffff', '😀', '\u{e002a}'];

/** What is wrong with a value; null if it is accepted. */
function mistake(value: string): string | null {
  const checked = checkParameters(entitlement({ parameters: { p: UNICODE } }), { p: value });
  return checked.ok ? null : (checked.error[0]?.detail ?? '');
}

describe('under unicode: true', () => {
  test.each(['é', 'Ω', '東京', 'über/α', 'a b', '№'.normalize('NFKC'), '€'])(
    '%j is accepted',
    (value) => {
      expect(mistake(value)).toBeNull();
    },
  );

  test('a pattern may name kinds of characters', () => {
    const parameters = { p: { ...UNICODE, pattern: '\\p{Lu}+' } };
    const check = (p: string) => checkParameters(entitlement({ parameters }), { p }).ok;
    expect([check('ÉA'), check('é'), check('p{Lu}')]).toEqual([true, false, false]);
  });

  test.each(['e\u0301', 'ﬁ', '＊', '＄', '？', 'ａ', '\u212b', '…'])(
    '%j is refused, because it is not in NFKC',
    (value) => {
      expect(mistake(value)).toMatch(/^may contain only letters, .* normalised to NFKC$/);
    },
  );

  test.each([...NOT_PRINTABLE, ...OUTSIDE_OF_THE_PLANE])(
    '%j is refused, because it is not a printable character of one UTF-16 unit',
    (value) => {
      expect(mistake(value)).toMatch(/^may contain only letters/);
    },
  );

  test.each(['é*', 'é?', 'é$', '${é}'])('%j is refused, because it is special to IAM', (value) => {
    expect(mistake(value)).toBe('may not contain *, ? or $');
  });
});
