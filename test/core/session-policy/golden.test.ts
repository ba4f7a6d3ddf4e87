import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { composeSessionPolicy } from '../../../core/session-policy/compose.ts';
import { exampleBundle } from '../../support/bundles.ts';

/** `UPDATE_GOLDEN=1 npm run test:fast` writes them anew; review the difference. */
const FOLDER = 'test/golden';

const BUNDLE = exampleBundle();

describe('the example bundle', () => {
  test.each(Object.values(BUNDLE.entitlements))(
    'vends $id under the policy in its golden file',
    (entitlement) => {
      const policy = composeSessionPolicy({
        entitlement,
        parameters: entitlement.samples,
        scope: null,
        deployment: { account: '111122223333', region: 'eu-central-1' },
        expiresAt: Date.parse('2026-11-23T10:30:00Z'),
        sourceIp: '203.0.113.7',
      });
      const text = policy.ok
        ? `${JSON.stringify(JSON.parse(policy.value), null, 2)}\n`
        : policy.error.code;
      const file = `${FOLDER}/${entitlement.id}.json`;
      if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
      expect(existsSync(file) ? readFileSync(file, 'utf8') : null).toBe(text);
    },
  );

  test('has a golden file for each entitlement and no other', () => {
    const files = readdirSync(FOLDER).map((name) => name.replace('.json', ''));
    expect(files.sort()).toEqual(Object.keys(BUNDLE.entitlements).sort());
  });
});
