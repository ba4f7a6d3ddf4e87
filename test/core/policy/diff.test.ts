import { describe, expect, test } from '@jest/globals';
import type { BundleFiles } from '../../../core/bundle/bundle.ts';
import type { Statement } from '../../../core/entitlement.ts';
import { diffBundles } from '../../../core/policy/diff.ts';
import { changesOfStatements } from '../../../core/policy/diff-statements.ts';
import { files, ISSUERS, PERMIT_READ, READ } from '../../support/bundles.ts';
import { benchOf, sourcesOf } from './test-bench.ts';

type Changed = Readonly<Record<string, string | null>>;
const changes = (after: Changed, before: Changed = {}) => {
  const side = (bundle: BundleFiles) => ({
    bench: benchOf(bundle),
    cases: sourcesOf(bundle).cases,
  });
  return diffBundles(side(files(before)), side(files(after))).changes.map(
    ({ kind, id, change, details }) => [`${kind} ${id} ${change}`, ...details],
  );
};
const read = (from: string | RegExp, to: string) => ({
  'entitlements/read.yaml': READ.replace(from, to),
});

test('an acknowledgement of a policy is listed, as that of an entitlement is', () => {
  const known = `@acknowledged("name-decides: agreed; see https://wiki.acme.example")\n${PERMIT_READ}`;
  const other = known.replace('agreed', 'known');
  const policy = (text: string) => ({ 'policies/read.cedar': text });
  expect(changes(policy(known))).toEqual([
    [
      'policy read-is-fine changed',
      'acknowledged: none → name-decides: agreed; see https://wiki.acme.example',
    ],
  ]);
  expect(changes(policy(known), policy(other))[0]?.[1]).toMatch(
    /^acknowledged: name-decides: known.* → name-decides: agreed/,
  );
  expect(changes(policy(PERMIT_READ), policy(known))[0]?.[1]).toMatch(/→ none$/);
  expect(changes(policy(known.replace('(', ' (')), policy(known))).toEqual([]);
});

test('limits are listed where they change, whether a file says them or everybody has them', () => {
  const limits = (text: string | null) => ({ 'limits.yaml': text });
  const stricter = `users: { requestsPerMinute: 10 }
vendsPerMinute: 5
killSwitchPercent: 50
coolDown: { wait: 5m }
entitlements: { read: { vendsPerMinute: 1 } }
`;
  const changed = [
    ['limits coolDown changed', 'waitSeconds: 60 → 300'],
    ['limits entitlements.read added', 'vendsPerMinute: 1'],
    ['limits grants changed', 'vendsPerMinute: 60 → 5'],
    ['limits roles changed', 'killSwitchPercent: 80 → 50'],
    ['limits users changed', 'requestsPerMinute: 120 → 10'],
  ];
  const listed = changes(limits(stricter), limits(null));
  expect(listed.toSorted()).toEqual(changed);
  expect(changes(limits('{}'), limits(null))).toEqual([]);
  expect(changes(limits('coolDown: { wait: 1m }'), limits(null))).toEqual([]);
  expect(changes(limits(null), limits(stricter))).toContainEqual([
    'limits entitlements.read removed',
    'vendsPerMinute: 1',
  ]);
});

const CORP =
  '  - { id: corp, type: User, url: https://sso.acme.example, audience: valetkey, subject: [sub], name: email }\n';

const oneLine = (group: string) =>
  `@id("read-is-fine") permit (principal in ValetKey::Group::"people:${group}", action == ValetKey::Action::"request", resource) when { context.durationSeconds < 3600 };`;

test.each([
  [
    'a duration',
    read('8h', '90m'),
    ['entitlement read changed', 'maxDuration: 8h → 90m (shorter)'],
  ],
  [
    'a longer duration',
    read('8h', '9h'),
    ['entitlement read changed', 'maxDuration: 8h → 9h (longer)'],
  ],
  [
    'a session length',
    { 'entitlements/read.yaml': `${READ}sessionDuration: 15m\n` },
    ['entitlement read changed', 'sessionDuration: 1h → 15m (shorter)'],
  ],
  ['a risk', read('risk: low', 'risk: high'), ['entitlement read changed', 'risk: low → high']],
  [
    'labels',
    read('[data]', '[data, eu]'),
    ['entitlement read changed', 'labels: [data] → [data, eu]'],
  ],
  [
    'a pattern',
    read('{1,20}', '{1,30}'),
    ['entitlement read changed', "parameter 'prefix': pattern: [a-z0-9/]{1,20} → [a-z0-9/]{1,30}"],
  ],
  [
    'a network',
    read('risk: low', 'risk: low\nnetwork: bind'),
    ['entitlement read changed', 'network: any → bind'],
  ],
  [
    'an approval',
    read('risk: low', "risk: low\napproval: { approvers: ['people:boss'] }"),
    ['entitlement read changed', 'can now be approved: 1 of [people:boss]'],
  ],
  [
    'a new entitlement',
    { 'entitlements/new.yaml': READ.replace('id: read', 'id: new') },
    ['entitlement new added', 'Read (risk low, no approval)'],
  ],
  [
    'a new entitlement with an approval',
    {
      'entitlements/new.yaml': `${READ.replace('id: read', 'id: new')}approval: { approvers: ['people:boss'] }\n`,
    },
    ['entitlement new added', 'Read (risk low, with approval)'],
  ],
  [
    'a new issuer',
    { 'issuers.yaml': `${ISSUERS}${CORP}` },
    ['issuer corp added', 'User from https://sso.acme.example'],
  ],
  [
    'a new policy',
    { 'policies/new.cedar': PERMIT_READ.replace('read-is-fine', 'new') },
    ['policy new added', 'permit'],
  ],
  [
    'an issuer',
    { 'issuers.yaml': ISSUERS.replace('[ref, protected]', '[ref]') },
    ['issuer github changed', 'tags: [ref, protected] → [ref]'],
  ],
])('%s is a change', (_, after, expected) => {
  expect(changes(after)).toEqual([expected]);
});

test.each([
  [
    'the review of break-glass',
    read('risk: low', 'risk: low\nreviewAfter: 2h'),
    ['entitlement read changed', 'reviewAfter: 1d → 2h'],
  ],
  [
    'a statement in other words',
    read("['s3:GetObject']", "['S3:GETOBJECT', 's3:GetObject']"),
    ['entitlement read changed', 'grants the same as before in other words; its open grants end'],
  ],
  [
    'a parameter that is called like a field of every object',
    {
      'entitlements/read.yaml': READ.replace(
        'parameters:',
        'parameters:\n  constructor: { pattern: a, description: A }',
      ).replace('/*', '/{{constructor}}'),
    },
    [
      'entitlement read changed',
      'no longer allows s3:GetObject on arn:aws:s3:::acme/{{prefix}}/* (now: only arn:aws:s3:::acme/{{prefix}}/{{constructor}})',
      "now has the parameter 'constructor': a",
    ],
  ],
  [
    'an entitlement that is called so',
    { 'entitlements/new.yaml': READ.replace('id: read', 'id: constructor') },
    ['entitlement constructor added', 'Read (risk low, no approval)'],
  ],
  [
    'a policy in one line',
    { 'policies/read.cedar': oneLine('readers').replace('3600', '60') },
    [
      'policy read-is-fine changed',
      `- ${oneLine('readers').replace('@id("read-is-fine") ', '')}`,
      `+ ${oneLine('readers').replace('@id("read-is-fine") ', '').replace('3600', '60')}`,
    ],
  ],
])('%s is a change, told in full', (_, after, expected) => {
  const before =
    'policies/read.cedar' in after ? { 'policies/read.cedar': oneLine('readers') } : {};
  expect(changes(after, before)).toEqual([expected]);
});

test('two clauses that change places are a change', () => {
  const clauses = (one: string, other: string) => ({
    'policies/read.cedar': PERMIT_READ.replace(
      ');',
      `)\nwhen {\n  ${one}\n}\nunless {\n  ${other}\n};`,
    ),
  });
  const [mfa, short] = ['context.mfa', 'context.durationSeconds <= 3600'];
  expect(changes(clauses(short, mfa), clauses(mfa, short))).toEqual([
    ['policy read-is-fine changed', `- ${mfa}`, `+ ${short}`, `- ${short}`, `+ ${mfa}`],
  ]);
});

test('a parameter, an issuer or an approval that is gone is a change', () => {
  const fixed = {
    'entitlements/read.yaml': READ.replace(/parameters:\n.*\n/, '').replace('/{{prefix}}', ''),
  };
  expect(changes(fixed)).toEqual([
    ['entitlement read changed', expect.any(String), "no longer has the parameter 'prefix'"],
  ]);
  expect(changes({}, { 'issuers.yaml': `${ISSUERS}${CORP}` })).toEqual([
    ['issuer corp removed', 'User from https://sso.acme.example'],
  ]);
  const approved = read('risk: low', "risk: low\napproval: { approvers: ['people:boss'] }");
  expect(changes({}, approved)).toEqual([
    ['entitlement read changed', 'can no longer be approved'],
  ]);
});

test('an approval that stays as it is, is no change beside one', () => {
  const approved = (risk: string) =>
    read('risk: low', `risk: ${risk}\napproval: { approvers: ['people:boss'] }`);
  expect(changes(approved('high'), approved('low'))).toEqual([
    ['entitlement read changed', 'risk: low → high'],
  ]);
});

test('the fields of an approval are called as in its file', () => {
  const approval = (fields: string) =>
    read('risk: low', `risk: low\napproval: { approvers: ['people:boss'], ${fields} }`);
  expect(changes(approval('denials: 2, lapseAfter: 2h'), approval('remindAfter: 15m'))).toEqual([
    [
      'entitlement read changed',
      'approval: denials: 1 → 2; remindAfter: 15m → none; lapseAfter: 1d → 2h',
    ],
  ]);
});

test.each<readonly [string, Changed, Changed?]>([
  ['the order of files', { 'policies/read.cedar': null, 'policies/a.cedar': PERMIT_READ }],
  [
    'comments within a policy, and where its lines end',
    {
      'policies/read.cedar': PERMIT_READ.replace('principal in', 'principal in // the "readers"\n'),
    },
  ],
  [
    'the order of the fields of an acknowledgement',
    read('risk: low', 'risk: low\nacknowledged: { climbs-out: a, wildcard: b }'),
    read('risk: low', 'risk: low\nacknowledged: { wildcard: b, climbs-out: a }'),
  ],
  [
    'comments and white space',
    { 'policies/read.cedar': `// new\n${PERMIT_READ.replaceAll('  ', '    ')}` },
  ],
])('%s is not a change', (_, after, before = {}) => {
  expect(changes(after, before)).toEqual([]);
});

test('statements that differ in one list count as one that changed', () => {
  const one = { Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::a'] } as const;
  const other = { ...one, Effect: 'Deny' } as const;
  expect(changesOfStatements([one], [{ ...one, Resource: ['arn:aws:s3:::b'] }])).toEqual([
    'no longer allows arn:aws:s3:::a for s3:GetObject',
    'now also allows arn:aws:s3:::b for s3:GetObject',
  ]);
  expect(changesOfStatements([one], [other])).toEqual([
    'no longer allows s3:GetObject on arn:aws:s3:::a',
    'now denies s3:GetObject on arn:aws:s3:::a',
  ]);
  expect(changesOfStatements([one, other], [other, one])).toEqual([]);
});

const B = 'arn:aws:s3:::b/*';
const RED = { StringEquals: { 'aws:PrincipalTag/team': 'red' } };
const BLUE = { StringEquals: { 'aws:PrincipalTag/team': ['red', 'blue'] } };
const red = 'where {"StringEquals":{"aws:PrincipalTag/team":"red"}}';
const blue = 'where {"StringEquals":{"aws:PrincipalTag/team":["red","blue"]}}';

function allow(
  action: string | readonly string[],
  resource: string | readonly string[] = B,
  Condition?: Statement['Condition'],
): Statement {
  return {
    Effect: 'Allow',
    Action: [action].flat(),
    Resource: [resource].flat(),
    ...(Condition && { Condition }),
  };
}
const deny = (one: Statement): Statement => ({ ...one, Effect: 'Deny' });
const allBut = (...NotAction: readonly string[]): Statement => ({
  Effect: 'Allow',
  NotAction,
  Resource: ['*'],
});

describe('what statements allow and deny', () => {
  test.each<readonly [string, Statement[], Statement[]]>([
    ['the case of actions', [allow('s3:getobject')], [allow('S3:GetObject')]],
    ['repeats', [allow('s3:Get*')], [allow(['s3:Get*', 's3:GetObject']), allow('s3:Get*')]],
    [
      'order',
      [allow(['s3:A', 's3:B'], [B, 'arn:aws:s3:::c']), deny(allow('s3:C'))],
      [deny(allow('s3:C')), allow(['s3:B', 's3:A'], ['arn:aws:s3:::c', B])],
    ],
    [
      'splitting a statement',
      [allow(['s3:A', 's3:B'], [B, 'arn:aws:s3:::c'])],
      [allow('s3:A', [B, 'arn:aws:s3:::c']), allow('s3:B', 'arn:aws:s3:::c'), allow('s3:B')],
    ],
    ['an empty condition', [allow('s3:A')], [allow('s3:A', B, {})]],
    [
      'the order and the form of the values of a condition',
      [allow('s3:A', B, BLUE), allow('s3:B', B, RED)],
      [
        allow('s3:A', B, { StringEquals: { 'AWS:principaltag/team': ['blue', 'red', 'red'] } }),
        allow('s3:B', B, { StringEquals: { 'aws:PrincipalTag/team': ['red'] } }),
      ],
    ],
    ['the case of what is left out', [allBut('iam:*', 'sts:*')], [allBut('STS:*', 'iam:*')]],
  ])('is not changed by %s', (_, before, after) => {
    expect(changesOfStatements(before, after)).toEqual([]);
    expect(changesOfStatements(after, before)).toEqual([]);
  });

  test.each<readonly [string, Statement[], Statement[], string[]]>([
    [
      'wider actions',
      [allow('s3:Get*')],
      [allow('s3:*')],
      [`now also allows s3:* on ${B} (before: only s3:Get*)`],
    ],
    [
      'narrower actions',
      [allow('s3:*')],
      [allow('s3:Get*')],
      [`no longer allows s3:* on ${B} (now: only s3:Get*)`],
    ],
    [
      'narrower resources',
      [allow('s3:Get*')],
      [allow('s3:Get*', 'arn:aws:s3:::b/{{p}}/*')],
      [`no longer allows s3:Get* on ${B} (now: only arn:aws:s3:::b/{{p}}/*)`],
    ],
    [
      'a wider Deny',
      [deny(allow('s3:Delete*'))],
      [deny(allow('s3:*'))],
      [`now also denies s3:* on ${B} (before: only s3:Delete*)`],
    ],
    [
      'a Deny beside an Allow',
      [allow('s3:*')],
      [allow('s3:*'), deny(allow('s3:Delete*'))],
      [`now denies s3:Delete* on ${B}`],
    ],
    [
      'several actions and resources',
      [allow(['s3:A', 's3:B'])],
      [allow(['s3:A', 's3:C', 's3:D'], [B, 'arn:aws:s3:::c'])],
      [
        `no longer allows s3:B on ${B}`,
        `now also allows s3:C, s3:D on ${B}`,
        'now also allows arn:aws:s3:::c for s3:A',
        'now allows s3:C, s3:D on arn:aws:s3:::c',
      ],
    ],
    [
      'less that is left out',
      [allBut('iam:*', 'sts:*')],
      [allBut('iam:*')],
      ['now also allows all but iam:* on * (before: all but iam:*, sts:*)'],
    ],
    [
      'a new condition',
      [allow('s3:A')],
      [allow('s3:A', B, RED)],
      [`now allows s3:A on ${B} only ${red}`],
    ],
    [
      'a condition less',
      [allow('s3:A', B, RED)],
      [allow('s3:A')],
      [`now allows s3:A on ${B} without a condition (before ${red})`],
    ],
    [
      'another condition',
      [allow('s3:A', B, RED)],
      [allow('s3:A', B, BLUE)],
      [`now allows s3:A on ${B} ${blue} (before ${red})`],
    ],
    [
      'one more condition under which it is there',
      [allow('s3:A', B, RED)],
      [allow('s3:A', B, RED), allow('s3:A', B, BLUE)],
      [`now allows s3:A on ${B} ${red}, or ${blue} (before ${red})`],
    ],
    [
      'one condition less of two',
      [allow('s3:A', B, RED), allow('s3:A', B, BLUE)],
      [allow('s3:A', B, RED)],
      [`now allows s3:A on ${B} ${red} (before ${red}, or ${blue})`],
    ],
    [
      'a Deny under another condition',
      [deny(allow('s3:A', B, RED))],
      [deny(allow('s3:A', B, BLUE))],
      [`now denies s3:A on ${B} ${blue} (before ${red})`],
    ],
    [
      'another condition, and fewer actions',
      [allow('s3:*', B, BLUE)],
      [allow('s3:Get*', B, RED)],
      [
        `no longer allows s3:* on ${B} ${blue} (now: only s3:Get* ${red})`,
        `now allows s3:Get* on ${B} ${red} (before ${blue})`,
      ],
    ],
    [
      'another condition, and more actions',
      [allow('s3:Get*', B, RED)],
      [allow('s3:*', B, BLUE)],
      [
        `now allows s3:Get* on ${B} ${blue} (before ${red})`,
        `now also allows s3:* on ${B} ${blue} (before: only s3:Get* ${red})`,
      ],
    ],
    [
      'patterns that together are one',
      [allow(['s3:A', 's3:A?*'])],
      [allow('s3:A*')],
      [`may now also allow s3:A* on ${B} (before: s3:A, s3:A?*)`],
    ],
    [
      'a parameter for another one',
      [allow('s3:A', 'arn:aws:s3:::b/{{p}}')],
      [allow('s3:A', 'arn:aws:s3:::b/{{q}}')],
      [
        'may no longer allow s3:A on arn:aws:s3:::b/{{p}} (now: arn:aws:s3:::b/{{q}})',
        'may now also allow s3:A on arn:aws:s3:::b/{{q}} (before: arn:aws:s3:::b/{{p}})',
      ],
    ],
    [
      'a character for a parameter',
      [allow('s3:A', 'arn:aws:s3:::b/?????')],
      [allow('s3:A', 'arn:aws:s3:::b/{{p}}')],
      [
        'may no longer allow s3:A on arn:aws:s3:::b/????? (now: arn:aws:s3:::b/{{p}})',
        'may now also allow s3:A on arn:aws:s3:::b/{{p}} (before: arn:aws:s3:::b/?????)',
      ],
    ],
    [
      'patterns that cross',
      [allow('s3:Get*')],
      [allow('s3:*Object', 'arn:aws:s3:::*/x')],
      [
        `no longer allows s3:Get* on ${B} (now: a part of it)`,
        'now also allows s3:*Object on arn:aws:s3:::*/x (before: a part of it)',
      ],
    ],
  ])('is changed by %s', (_, before, after, expected) => {
    expect(changesOfStatements(before, after)).toEqual(expected);
  });

  test('has a sentence for each action on its own resource', () => {
    const [a, b] = ['arn:aws:s3:::a', 'arn:aws:s3:::b'];
    expect(changesOfStatements([], [allow('s3:A', a), allow('s3:B', b)])).toEqual([
      `now allows s3:A on ${a}`,
      `now allows s3:B on ${b}`,
    ]);
  });

  test('is known better with a value that a parameter accepts', () => {
    const [p, q] = ['arn:aws:s3:::b/{{p}}', 'arn:aws:s3:::b/{{q}}'];
    const samples = { p: 'one', q: 'two' };
    expect(changesOfStatements([allow('s3:A', p)], [allow('s3:A', q)], samples)).toEqual([
      `no longer allows s3:A on ${p} (now: only ${q})`,
      `now also allows s3:A on ${q} (before: only ${p})`,
    ]);
  });
});

const oneCase = (outcome: string, entitlement = 'read') => `- name: ana reads
  principal: { issuer: people, subject: ana, groups: [readers] }
  request: { entitlement: ${entitlement}, parameters: { prefix: a }, durationSeconds: 60, justification: x }
  context: { mfa: false, sourceIp: 10.0.0.1, now: '2026-11-23T10:00:00Z' }
  expect: { outcome: ${outcome} }
`;

test('cases of both bundles are asked once, and those with another outcome are listed', () => {
  const side = (changed: Changed) => {
    const bundle = files(changed);
    return { bench: benchOf(bundle), cases: sourcesOf(bundle).cases };
  };
  const cases = (text: string) => ({ 'cases/read.yaml': text });
  const other = { 'entitlements/other.yaml': READ.replace('id: read', 'id: other') };
  const before = side({ ...cases(oneCase('allow') + oneCase('deny', 'other')), ...other });
  const closed = PERMIT_READ.replace(');', ') when { context.mfa };');
  const after = side({ ...cases(`# moved\n${oneCase('deny')}`), 'policies/read.cedar': closed });
  const place = { name: 'ana reads', file: 'cases/read.yaml' };
  const { changes: changed, cases: moved, casesAsked } = diffBundles(before, after);
  expect(casesAsked).toBe(2);
  expect(moved).toEqual([
    {
      // Where it is now.
      ...{ ...place, line: 2 },
      from: { outcome: 'allow', policies: ['read-is-fine'] },
      to: { outcome: 'deny', policies: [] },
    },
    {
      ...{ ...place, line: 6 },
      from: { outcome: 'deny', policies: [] },
      to: {
        outcome: 'invalid',
        why: 'is not an entitlement of the bundle, which has: read',
      },
    },
  ]);
  expect(changed).toContainEqual({
    ...{ kind: 'entitlement', id: 'other', change: 'removed' },
    details: ['Read (risk low, no approval)'],
  });
  expect(diffBundles(before, before)).toEqual({ changes: [], cases: [], casesAsked: 2 });
});

test('lines at the end of a policy that come or go are listed', () => {
  const longer = PERMIT_READ.replace(
    ');',
    ')\nwhen { context.mfa }\nunless { context.durationSeconds > 60 };',
  );
  const policy = (text: string) => ({ 'policies/read.cedar': text });
  const clauses = ['when { context.mfa }', 'unless { context.durationSeconds > 60 };'];
  const details = (after: string, before: string) =>
    changes(policy(after), policy(before)).flatMap(([, ...lines]) => lines);
  expect(details(longer, PERMIT_READ)).toEqual([
    '- );',
    '+ )',
    ...clauses.map((one) => `+ ${one}`),
  ]);
  expect(details(PERMIT_READ, longer)).toEqual([
    '- )',
    ...clauses.map((one) => `- ${one}`),
    '+ );',
  ]);
});
