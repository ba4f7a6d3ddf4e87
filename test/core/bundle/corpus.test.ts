import { describe, expect, test } from '@jest/globals';
import { compileBundle } from '../../../core/policy/compile-bundle.ts';
import { composeSessionPolicy } from '../../../core/session-policy/compose.ts';
import { simulate } from '../../second-opinion/simulate.ts';
import { files, language } from '../../support/bundles.ts';
import {
  ACCEPTED,
  entitlementOf,
  type PastedPolicy,
  REFUSED,
} from '../../support/pasted-policies.ts';

const compile = (pasted: PastedPolicy) =>
  compileBundle(files({ 'entitlements/pasted.yaml': entitlementOf(pasted) }), language);

const CALL = { action: 's3:GetObject', resource: 'arn:aws:s3:::acme/x', now: 0, context: {} };

describe('a pasted policy', () => {
  test.each(ACCEPTED.map((pasted) => [pasted.name, pasted] as const))(
    'compiles, and is valid IAM: %s',
    async (_, pasted) => {
      const bundle = compile(pasted);
      if (!bundle.ok) throw new Error(JSON.stringify(bundle.error, null, 1));
      const entitlement = bundle.value.entitlements['pasted'];
      if (entitlement === undefined) throw new Error('no entitlement');
      const policy = composeSessionPolicy({
        entitlement,
        parameters: {},
        scope: null,
        deployment: { account: '111122223333', region: 'eu-central-1' },
        expiresAt: 1,
        sourceIp: '203.0.113.7',
      });
      if (!policy.ok) throw new Error(policy.error.code);
      // An independent simulator refuses policies that are not valid.
      await expect(simulate(policy.value, CALL)).resolves.toEqual(expect.any(Boolean));
    },
  );

  test.each(REFUSED.map((pasted) => [pasted.name, pasted] as const))(
    'is refused with what to write: %s',
    (_, pasted) => {
      const bundle = compile(pasted);
      const messages = bundle.ok ? [] : bundle.error.map(({ message }) => message);
      expect(messages).toContainEqual(expect.stringContaining(pasted.says ?? ''));
      const lines = bundle.ok ? [] : bundle.error.map(({ line, message }) => `${line} ${message}`);
      expect(new Set(lines).size).toBe(lines.length);
      for (const message of messages) {
        expect(message).not.toMatch(
          /flow|scalar|implicit|stream|node|compact|at line|Invalid input/i,
        );
      }
    },
  );
});
