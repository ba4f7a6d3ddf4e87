import { describe, expect, test } from '@jest/globals';
import { checkParameters } from '../../../core/session-policy/parameters.ts';
import { compiled, files, READ } from '../../support/bundles.ts';

const readWith = (text: string) => {
  const { entitlements } = compiled(files({ 'entitlements/read.yaml': text }));
  const { read } = entitlements;
  if (read === undefined) throw new Error('no entitlement');
  return read;
};

describe('an entitlement', () => {
  test('has defaults for what its author leaves out', () => {
    expect(readWith(READ)).toMatchObject({
      justification: 'required',
      network: 'any',
      chainedRoles: [],
      job: [],
      breakGlass: false,
      maxDurationSeconds: 8 * 3600,
      sessionDurationSeconds: 3600,
      reviewAfterSeconds: 24 * 3600,
    });
    expect(readWith(READ)).not.toHaveProperty('approval');
  });

  test.each([
    ['15m', 900],
    ['1800s', 1800],
    ['1h', 3600],
  ])('may limit its sessions to %s', (text, seconds) => {
    const { sessionDurationSeconds } = readWith(`${READ}sessionDuration: ${text}\n`);
    expect(sessionDurationSeconds).toBe(seconds);
  });

  test('has an approval with durations in seconds', () => {
    const text = `${READ}approval: { approvers: ['people:boss'], remindAfter: 15m, escalateAfter: 1h }\n`;
    expect(readWith(text).approval).toEqual({
      required: 1,
      refusals: 1,
      approvers: ['people:boss'],
      remindAfterSeconds: 900,
      escalateAfterSeconds: 3600,
      escalateTo: [],
      lapseAfterSeconds: 24 * 3600,
      samePerson: [],
    });
  });

  test('may ask its approvers for the two digits that only the requester is shown', () => {
    const approval = (more: string) =>
      readWith(`${READ}approval: { approvers: ['people:boss']${more} }\n`).approval;
    expect(approval(', matchCode: true')).toHaveProperty('matchCode', true);
    expect(approval(', matchCode: false')).not.toHaveProperty('matchCode');
  });

  test('declares parameters by pattern, values or type', () => {
    const parameters = `  prefix: { enum: [a.b, c], description: One }
  on: { type: boolean, description: Whether }
  where: { type: region, description: Where }
  whose: { type: account, description: Whose }`;
    const text = READ.replace(/ {2}prefix: .*/, parameters).replace(
      '{{prefix}}/*',
      '{{prefix}}/{{on}}/{{where}}/{{whose}}',
    );
    const read = readWith(text);
    expect(read.parameters).toMatchObject({
      prefix: { pattern: 'a\\.b|c', values: ['a.b', 'c'], maxLength: 3 },
      on: { pattern: 'true|false', values: ['true', 'false'], boolean: true, maxLength: 5 },
      where: { description: 'Where', maxLength: 24 },
      whose: { pattern: '[0-9]{12}', maxLength: 12 },
    });
    expect(read.samples).toMatchObject({ prefix: 'a.b', on: 'true', whose: '000000000000' });
  });

  test.each([
    'eu-central-1',
    'ap-southeast-5',
    'us-gov-west-1',
    'cn-northwest-1',
    'eusc-de-east-1',
    'us-iso-east-1',
    'us-isob-east-1',
    'eu-isoe-west-1',
    'us-isof-south-1',
  ])('may have a parameter for the Region %s', (region) => {
    const text = READ.replace(/prefix: .*/, 'prefix: { type: region, description: Where }');
    const checked = checkParameters(readWith(text), { prefix: region });
    expect(checked).toEqual({ ok: true, value: { prefix: region } });
    expect(checkParameters(readWith(text), { prefix: `${region}:x` }).ok).toBe(false);
  });

  test('may write a list of one as a single value', () => {
    const text = READ.replace("['s3:GetObject']", "'s3:GetObject'");
    expect(readWith(text).statements).toEqual(readWith(READ).statements);
  });
});
