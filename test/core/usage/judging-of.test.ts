import { describe, expect, test } from '@jest/globals';
import { grantToRead } from '../../../core/usage/fold-grant.ts';
import { judgingOf } from '../../../core/usage/judging-of.ts';
import { entitlement } from '../../support/entitlements.ts';
import { activeGrant, NOW } from '../../support/sample-grants.ts';
import { CHAINED, LOGS, MEANING, ROLE } from './usage-world.ts';

const DEPLOYMENT = { account: '111122223333', region: 'eu-west-1' };

describe('what an entitlement is judged with', () => {
  const of = (parameters: Readonly<Record<string, string>>, target = 'role/valetkey/artifacts') =>
    judgingOf(
      entitlement({
        target: `arn:aws:iam::{{account}}:${target}`,
        chainedRoles: [CHAINED, 'arn:{{partition}}:iam::{{account}}:role/second'],
        parameters: {
          ...{ prefix: { pattern: 'a', description: '', maxLength: 9 } },
          ...{ key: { pattern: 'a', description: '', maxLength: 9 } },
        },
        statements: [
          {
            ...{ Effect: 'Allow', Action: ['s3:GetObject'] },
            Resource: ['arn:aws:s3:{{region}}:{{account}}:{{prefix}}/{{key}}'],
          },
        ],
      }),
      ...([DEPLOYMENT, parameters, { meaning: MEANING, logs: [LOGS] }] as const),
    );

  test('leaves parameters open that the grant has no value for', () => {
    const resource = (parameters: Readonly<Record<string, string>>) =>
      of(parameters).statements[0]?.Resource;
    const begin = 'arn:aws:s3:eu-west-1:111122223333:';
    expect(resource({})).toEqual([`${begin}{{prefix}}/{{key}}`]);
    expect(resource({ prefix: 'x' })).toEqual([`${begin}x/{{key}}`]);
  });

  test('names the accounts of all its roles, each once', () => {
    expect(of({}).accounts).toEqual(['111122223333', '444455556666']);
  });
});

test('a grant is read with its roles, and the networks of its request and vends', () => {
  const grant = activeGrant({ targetRole: ROLE, chainedRoles: [CHAINED], sourceIp: '192.0.2.7' });
  expect(grantToRead(grant, ['192.0.2.9', '2001:db8::1'])).toEqual({
    ...{ id: grant.id, entitlement: 'artifacts-read', principal: `people:${grant.id}` },
    ...{ createdAt: NOW, endedAt: null, expiresAt: grant.expiresAt },
    ...{ targetRole: ROLE, roles: [ROLE, CHAINED] },
    networks: ['192.0.2.0/24', '2001:db8:0::/48'],
  });
});
