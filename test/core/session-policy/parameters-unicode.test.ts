import { describe, expect, test } from '@jest/globals';
import type { ParameterSpec } from '../../../core/entitlement.ts';
import { checkParameters } from '../../../core/session-policy/parameters.ts';
import { entitlement, parameter } from '../../support/entitlements.ts';

const UNICODE: ParameterSpec = { ...parameter('[^]{0,64}', 10), unicode: true };

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

  test.each(['e\u0301', 'ﬁ', '＊', '＄', '？', 'ａ', '\u212b', '…'])(
    '%j is refused, because it is not in NFKC',
    (value) => {
      expect(mistake(value)).toMatch(/^may contain only letters, .* normalised to NFKC$/);
    },
  );

  test.each([
    ...['\u00a0', '\u3000', '\u200b', '\u202e', '\ufeff', '\u0000', '\n', '\u2028', '\u00ad'],
    ...['\ud800', '\ue000', '\uffff', '😀', '\u{e002a}'],
  ])('%j is refused, because it is not a printable character of one UTF-16 unit', (value) => {
    expect(mistake(value)).toMatch(/^may contain only letters/);
  });

  test.each(['é*', 'é?', 'é$', '${é}'])('%j is refused, because it is special to IAM', (value) => {
    expect(mistake(value)).toBe('may not contain *, ? or $');
  });
});
