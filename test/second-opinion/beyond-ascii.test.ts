import { describe, expect, test } from '@jest/globals';
import { composeSessionPolicy } from '../../core/session-policy/compose.ts';
import { entitlementWith } from './entitlements.ts';
import { DEPLOYMENT, EXPIRES_AT } from './grants.ts';
import { simulate } from './simulate.ts';

const ENTITLEMENT = entitlementWith(
  {
    name: { pattern: '\\p{L}{1,20}', description: 'A folder', maxLength: 20, unicode: true },
  },
  [
    {
      Effect: 'Allow',
      Action: ['s3:GetObject'],
      Resource: ['arn:aws:s3:::acme-artifacts/{{name}}/*'],
    },
  ],
);

describe('a parameter value beyond ASCII, which STS receives as JSON escapes', () => {
  test.each<[string, string, boolean]>([
    ['überblick', 'überblick', true],
    ['東京', '東京', true],
    ['überblick', 'uberblick', false],
    ['überblick', 'u\u0308berblick', false],
    ['überblick', 'ÜBERBLICK', false],
    ['а', 'a', false],
  ])('%s gives access to the folder %s: %j', async (value, folder, allowed) => {
    const policy = composeSessionPolicy({
      entitlement: ENTITLEMENT,
      parameters: { name: value },
      scope: null,
      deployment: DEPLOYMENT,
      expiresAt: EXPIRES_AT,
      sourceIp: '203.0.113.7',
    });
    if (!policy.ok) throw new Error(JSON.stringify(policy.error));
    expect(policy.value).toMatch(/^[ -~]+$/);
    const resource = `arn:aws:s3:::acme-artifacts/${folder}/app.tgz`;
    const call = { action: 's3:GetObject', resource, now: EXPIRES_AT - 60_000, context: {} };
    expect(await simulate(policy.value, call)).toBe(allowed);
  });
});
