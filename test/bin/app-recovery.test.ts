import { beforeAll, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { resources } from '../support/broker-template.ts';
import { appSynth, type Synthesis } from '../support/synth.ts';

/** What `-c recovery=on` changes. */

let [on, off, other]: (Synthesis | undefined)[] = [];
beforeAll(async () => {
  [on, off, other] = await Promise.all([
    appSynth({ recovery: 'on' }),
    appSynth({ recovery: 'off' }),
    appSynth({ recovery: 'true' }),
  ]);
}, 180_000);

/** What each Lambda of the broker has in `QUARANTINE`. */
function quarantines(synthesis: Synthesis | undefined): readonly unknown[] {
  const template = Template.fromJSON(JSON.parse(synthesis?.template ?? '{}'));
  return Object.values(resources(template, 'AWS::Lambda::Function')).flatMap(({ Properties }) => {
    const { Environment } = Properties as {
      readonly Environment?: { readonly Variables?: Readonly<Record<string, unknown>> };
    };
    // Those of the CDK itself know no table.
    const { TABLE_NAME, QUARANTINE } = Environment?.Variables ?? {};
    return TABLE_NAME === undefined ? [] : [QUARANTINE];
  });
}

test('every Lambda keeps the quarantine with it, and none without', () => {
  expect(quarantines(on).length).toBeGreaterThan(10);
  expect(new Set(quarantines(on))).toEqual(new Set(['recovery']));
  expect(new Set(quarantines(off))).toEqual(new Set([undefined]));
});

test('nothing else of the broker is deployed in another way', () => {
  const without = on?.template.replaceAll(/,?\s*"QUARANTINE":\s*"recovery"/g, '');
  expect(JSON.parse(without ?? '{}')).toEqual(JSON.parse(off?.template ?? '{}'));
});

test('another value is refused, with the values that there are', () => {
  expect(other).toMatchObject({
    ...{ succeeded: false, output: expect.stringContaining('recovery=true: write on or off') },
  });
});
