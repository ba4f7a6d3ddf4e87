import { describe, expect, test } from '@jest/globals';
import {
  boundaryStatements,
  killPermissions,
  killTrust,
  NOTHING_WITHOUT_SOURCE_IDENTITY,
  vendableTrust,
} from '../../../core/accounts/documents.ts';
import { differences, type FoundRole } from '../../../core/accounts/drift.ts';
import type { Expectations } from '../../../core/accounts/expectations.ts';
import { KILL_SWITCH_POLICY } from '../../../core/kill/deny-policy.ts';

/** The rules alone; test/lib/drift.test.ts compares with what the constructs make. */

const VEND = 'arn:aws:iam::222222222222:role/ValetKey-vend';
const KILL_LAMBDA = 'arn:aws:iam::222222222222:role/ValetKey-kill';
const READ = 'arn:aws:iam::111111111111:role/valetkey/read';
const KILL = 'arn:aws:iam::111111111111:role/valetkey/ValetKey-kill';
const BELOW = 'arn:aws:iam::111111111111:role/valetkey/*';
const BOUNDARY = 'arn:aws:iam::111111111111:policy/valetkey/ValetKey-boundary';

const TAGGED =
  'arn:aws:iam::111111111111:role/* if StringEquals aws:resourcetag/valetkey:valetkey vendable';
const PLACE = { partition: 'aws', account: '111111111111' };

const document = (...Statement: readonly object[]) => ({ Version: '2012-10-17', Statement });

const WANTED: Expectations = {
  broker: 'ValetKey',
  isBroker: false,
  roles: [{ arn: READ, trusts: [VEND], boundary: BOUNDARY }],
  killRole: { arn: KILL, trusts: KILL_LAMBDA },
  boundary: BOUNDARY,
};
const READ_ROLE: FoundRole = {
  arn: READ,
  trust: document(...vendableTrust([VEND])),
  inline: { own: document(NOTHING_WITHOUT_SOURCE_IDENTITY) },
  attached: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
  boundary: BOUNDARY,
  tags: { 'valetkey:ValetKey': 'vendable' },
};
const KILL_ROLE: FoundRole = {
  arn: KILL,
  trust: document(...killTrust(KILL_LAMBDA)),
  inline: { kill: document(...killPermissions([READ], { place: PLACE, stackName: 'ValetKey' })) },
  attached: [],
  boundary: null,
  tags: {},
};
const HELD = document(...boundaryStatements([BELOW, BOUNDARY]));

function messages(
  read: FoundRole | null = READ_ROLE,
  kill: FoundRole | null = KILL_ROLE,
  boundary: unknown = HELD,
): readonly string[] {
  const roles = new Map([
    [READ, read],
    [KILL, kill],
  ]);
  return differences(WANTED, { roles, boundary }).map(({ arn, message }) => `${arn} ${message}`);
}

test('an account as it must be has no differences', () => {
  expect(messages()).toEqual([]);
});

describe('a vendable role', () => {
  test.each([{}, { 'valetkey:Other': 'vendable' }, { 'valetkey:ValetKey': 'no' }])(
    'has the tag that keeps it within reach of the kill switch (tags: %j)',
    (tags) => {
      expect(messages({ ...READ_ROLE, tags })).toEqual([
        `${READ} lacks the tag valetkey:ValetKey=vendable; without it, the kill switch cannot be written once no entitlement names the role`,
      ]);
    },
  );

  test('that does not exist is a difference', () => {
    expect(messages(null)).toEqual([`${READ} does not exist; no credentials can be vended for it`]);
  });

  test('with another path is a difference', () => {
    const arn = 'arn:aws:iam::111111111111:role/read';
    expect(messages({ ...READ_ROLE, arn })).toEqual([
      `${READ} has another path; its ARN is ${arn}`,
    ]);
  });

  test.each([
    [null, 'no permissions boundary'],
    [`${BOUNDARY}-2`, `the permissions boundary ${BOUNDARY}-2`],
  ])('with the boundary %s is a difference', (boundary, has) => {
    expect(messages({ ...READ_ROLE, boundary })).toEqual([
      `${READ} has ${has}; it must have ${BOUNDARY}`,
    ]);
  });

  test('of another app may have a boundary of its own', () => {
    const wanted = { ...WANTED, roles: [{ arn: READ, trusts: [VEND], boundary: null }] };
    const roles = new Map([
      [READ, { ...READ_ROLE, boundary: `${BOUNDARY}-2` }],
      [KILL, KILL_ROLE],
    ]);
    expect(differences(wanted, { roles, boundary: null })).toEqual([]);
  });

  test('with rights for sessions without a SourceIdentity is a difference', () => {
    expect(messages({ ...READ_ROLE, inline: {} })).toEqual([
      `${READ} does not deny everything to sessions without a SourceIdentity`,
    ]);
  });

  test('that trusts a deleted principal is a difference with a hint', () => {
    const trust = document(...vendableTrust([VEND, 'AROAEXAMPLE']));
    const found = messages({ ...READ_ROLE, trust });
    expect(found).toHaveLength(2);
    expect(found[0]).toMatch(
      /its trust policy should not have: allow .* by AROAEXAMPLE .* \(this principal was deleted/,
    );
  });

  test('that trusts another principal is a difference in both directions', () => {
    const trust = document(...vendableTrust([`${VEND}-2`]));
    const found = messages({ ...READ_ROLE, trust });
    expect(found.filter((one) => one.includes('its trust policy lacks: allow'))).toHaveLength(2);
    expect(found.filter((one) => one.includes('should not have: allow'))).toHaveLength(2);
    expect(found.join()).not.toContain('deleted');
  });

  test('may have a kill switch that denies, but not one that allows', () => {
    const withSwitch = (...statements: readonly object[]) =>
      messages({
        ...READ_ROLE,
        inline: { ...READ_ROLE.inline, [KILL_SWITCH_POLICY]: document(...statements) },
      });
    const deny = { Effect: 'Deny', Action: '*', Resource: '*' };
    expect(withSwitch(deny)).toEqual([]);
    const some = { StringLike: { 'aws:SourceIdentity': '*.gr_1' } };
    expect(withSwitch({ ...deny, Condition: some })).toEqual([]);
    expect(withSwitch(deny, { Effect: 'Allow', Action: 's3:*', Resource: '*' })).toEqual([
      `${READ} its ${KILL_SWITCH_POLICY} has what the broker never writes: allow s3:* on *`,
    ]);
  });
});

describe('a kill role', () => {
  test('that does not exist is a difference', () => {
    expect(messages(READ_ROLE, null)).toEqual([
      `${KILL} does not exist; grants in this account cannot be revoked`,
    ]);
  });

  test('with another path is a difference', () => {
    const arn = 'arn:aws:iam::111111111111:role/ValetKey-kill';
    expect(messages(READ_ROLE, { ...KILL_ROLE, arn })).toEqual([
      `${KILL} has another path; its ARN is ${arn}`,
    ]);
  });

  test('that trusts a deleted principal is a difference with a hint', () => {
    const trust = document(...killTrust('AROAEXAMPLE'));
    const [lacks = '', beyond = ''] = messages(READ_ROLE, { ...KILL_ROLE, trust });
    expect(lacks).toBe(`${KILL} its trust policy lacks: allow sts:AssumeRole by ${KILL_LAMBDA}`);
    expect(beyond).toContain(
      'should not have: allow sts:AssumeRole by AROAEXAMPLE (this principal',
    );
  });

  test('with too few or too many rights is a difference', () => {
    const inline = {
      kill: document({ Effect: 'Allow', Action: 'iam:PutRolePolicy', Resource: '*' }),
    };
    const attached = ['arn:aws:iam::aws:policy/IAMFullAccess'];
    expect(messages(READ_ROLE, { ...KILL_ROLE, inline, attached })).toEqual([
      `${KILL} its permission policy lacks: allow iam:DeleteRolePolicy on ${READ}`,
      `${KILL} its permission policy lacks: allow iam:GetRolePolicy on ${READ}`,
      `${KILL} its permission policy lacks: allow iam:PutRolePolicy on ${READ}`,
      ...['Delete', 'Get', 'Put'].map(
        (what) => `${KILL} its permission policy lacks: allow iam:${what}RolePolicy on ${TAGGED}`,
      ),
      `${KILL} its permission policy should not have: allow iam:PutRolePolicy on *`,
      `${KILL} its permission policy should not have: the managed policy ${attached[0]}`,
    ]);
  });

  test('is not expected in the broker’s own account', () => {
    const roles = new Map([[READ, READ_ROLE]]);
    const boundary = document(...boundaryStatements([BELOW, BOUNDARY]));
    expect(differences({ ...WANTED, killRole: null }, { roles, boundary })).toEqual([]);
  });
});

test('an account of which no entitlement names a role has its kill role only', () => {
  const kill = document(...killPermissions([], { place: PLACE, stackName: 'ValetKey' }));
  const roles = new Map([[KILL, { ...KILL_ROLE, inline: { kill } }]]);
  expect(differences({ ...WANTED, roles: [] }, { roles, boundary: null })).toEqual([]);
});

describe('the boundary', () => {
  test('must deny changes to every role and to itself', () => {
    expect(messages(READ_ROLE, KILL_ROLE, document(...boundaryStatements([READ])))).toEqual([
      `${BOUNDARY} lacks: deny iam:* on ${BELOW}`,
      `${BOUNDARY} lacks: deny iam:* on ${BOUNDARY}`,
    ]);
  });

  test('must deny changes to the broker’s own roles in its account', () => {
    const roles = new Map([[READ, READ_ROLE]]);
    const own = { ...WANTED, killRole: null, isBroker: true };
    expect(differences(own, { roles, boundary: HELD })).toEqual([
      {
        arn: BOUNDARY,
        message: 'lacks: deny iam:* on arn:aws:iam::111111111111:role/ValetKey-*',
      },
    ]);
  });

  test('may deny more', () => {
    const stricter = document(...boundaryStatements([BELOW, BOUNDARY]), {
      Effect: 'Deny',
      Action: 's3:*',
      Resource: '*',
    });
    expect(messages(READ_ROLE, KILL_ROLE, stricter)).toEqual([]);
  });

  test('does not matter if no role has it', () => {
    const wanted = { ...WANTED, roles: [{ arn: READ, trusts: [VEND], boundary: null }] };
    const roles = new Map([
      [READ, { ...READ_ROLE, boundary: null }],
      [KILL, KILL_ROLE],
    ]);
    expect(differences(wanted, { roles, boundary: null })).toEqual([]);
  });
});
