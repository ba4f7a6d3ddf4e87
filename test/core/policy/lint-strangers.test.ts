import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cedar, READ } from '../../support/bundles.ts';
import { draws } from '../../support/draws.ts';
import { PUBLIC, request, rulesOf, warningsOf } from './lint-bench.ts';

const BOUND = {
  'issuers.yaml': PUBLIC,
  'entitlements/read.yaml': `${READ}acknowledged: { no-job: tested elsewhere }\n`,
};
const WORKLOAD = 'principal is ValetKey::Workload';
const has = (tag: string, value: string) =>
  `principal.hasTag("${tag}") && principal.getTag("${tag}") == "${value}"`;
const rules = (head: string, when: string) => rulesOf({ ...BOUND, ...request(head, when) });

describe('a permit is open to strangers of a public issuer', () => {
  test.each([
    ['if it names only the issuer', WORKLOAD, 'principal.issuer == "github"'],
    [
      'if it pins no more than a branch',
      WORKLOAD,
      `principal.issuer == "github" && ${has('ref', 'refs/heads/main')}`,
    ],
    [
      'if it pins a public workflow',
      WORKLOAD,
      has('job_workflow_ref', 'acme/w/.github/workflows/d.yml@1'),
    ],
    [
      'if it pins the owner only in one alternative',
      WORKLOAD,
      `principal.issuer == "github" && (${has('repository_owner_id', '1')} || ${has('environment', 'production')})`,
    ],
    [
      'if it excludes one owner',
      WORKLOAD,
      'principal.issuer == "github" && !(principal.hasTag("repository_owner_id") && principal.getTag("repository_owner_id") == "1")',
    ],
    [
      'if it asks only whether there is an owner',
      WORKLOAD,
      'principal.hasTag("repository_owner_id")',
    ],
    [
      'if it compares the owner with a parameter',
      WORKLOAD,
      'principal.hasTag("repository_owner_id") && context.parameters.hasTag("prefix") && principal.getTag("repository_owner_id") == context.parameters.getTag("prefix")',
    ],
    ['if it pins only who started the job', WORKLOAD, has('actor_id', '7')],
    [
      'if it is for everybody at Google',
      'principal is ValetKey::User',
      'principal.issuer == "google"',
    ],
    [
      'if one branch of a choice pins nothing',
      WORKLOAD,
      `if ${has('ref', 'main')} then ${has('repository_owner_id', '1')} else principal.issuer == "github"`,
    ],
  ])('%s', (_, head, when) => {
    expect(rules(head, when)).toEqual(['open-to-strangers']);
  });

  test.each([
    [
      'https://app.eu.terraform.io',
      'Workload',
      'terraform_workspace_id',
      /every organisation on HCP Terraform/,
    ],
    ['https://securetoken.google.com/acme-shop', 'User', 'sub', /everyone who signs up/],
    ['https://cognito-identity.amazonaws.com', 'User', 'sub', /identity pool/],
    [
      'https://slack.com',
      'User',
      'sub',
      /say whose: principal\.hasTag\("https:\/\/slack\.com\/team_id"\)/,
    ],
  ])('if it names only the issuer %s', (url, type, subject, says) => {
    const issuers = `${PUBLIC}  - { id: shared, type: ${type}, url: '${url}', audience: valetkey, subject: [${subject}], name: sub, tags: ['https://slack.com/team_id'] }\n`;
    const found = (when: string) =>
      warningsOf({
        ...BOUND,
        'issuers.yaml': issuers,
        ...request(`principal is ValetKey::${type}`, `principal.issuer == "shared" ${when}`),
      });
    expect(found('')).toMatchObject([
      { rule: 'open-to-strangers', message: expect.stringMatching(says) },
    ]);
    const team = found(`&& ${has('https://slack.com/team_id', 'T0')}`);
    expect(team.length).toBe(url === 'https://slack.com' ? 0 : 1);
  });

  test('with every action and entitlement, each once', () => {
    const more = `@id("more") permit (${WORKLOAD}, action, resource);`;
    const found = warningsOf({ ...BOUND, 'policies/more.cedar': more });
    expect(found.map(({ message }) => message)).toContainEqual(
      expect.stringContaining(
        'permits administer, audit, request, review, revoke, vote on broker, read to every repository',
      ),
    );
  });

  test('once for each issuer that it is open to, and the message says what to write', () => {
    const found = warningsOf({ ...BOUND, ...request(WORKLOAD, 'true') });
    expect(found.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^policy 'more' permits request on read to every repository on GitHub: .* principal\.hasTag\("repository_owner_id"\) && principal\.getTag\("repository_owner_id"\) == "<repository_owner_id>", or name them: principal == ValetKey::Workload::"github:<repository_owner_id>\/<repository_id>", or add @acknowledged\("open-to-strangers: <why>"\)$/,
      ),
      expect.stringMatching(/to every project and every account on GitLab\.com/),
    ]);
  });

  test('for every action but automatic approval, which is nothing without a request', () => {
    const other = (action: string, resource: string) => ({
      'policies/more.cedar': `@id("more") permit (principal is ValetKey::Workload, action == ValetKey::Action::"${action}", resource == ValetKey::${resource}) when { principal.issuer == "gitlab" };`,
    });
    expect(rulesOf({ ...BOUND, ...other('audit', 'Broker::"broker"') })).toEqual([
      'open-to-strangers',
    ]);
    expect(rulesOf({ ...BOUND, ...other('vote', 'Entitlement::"read"') })).toEqual([
      'open-to-strangers',
    ]);
    expect(rulesOf({ ...BOUND, ...other('autoApprove', 'Entitlement::"read"') })).not.toContain(
      'open-to-strangers',
    );
  });

  test('unless its author says why', () => {
    const why = request(
      WORKLOAD,
      'principal.issuer == "github"',
      '@acknowledged("open-to-strangers: a demo for all")',
    );
    expect(rulesOf({ ...BOUND, ...why })).toEqual([]);
    const other = request(
      WORKLOAD,
      'principal.issuer == "github"',
      '@acknowledged("name-decides: what else")',
    );
    expect(rulesOf({ ...BOUND, ...other })).toEqual(['open-to-strangers']);
  });
});

describe('a permit is closed to strangers', () => {
  test.each([
    ['if it names the principal', 'principal == ValetKey::Workload::"github:1/2"', 'true'],
    [
      'if it names several',
      WORKLOAD,
      'principal in [ValetKey::Workload::"github:1/2", ValetKey::Workload::"gitlab:1/2"]',
    ],
    ['if it pins the owner', WORKLOAD, has('repository_owner_id', '1')],
    [
      'if it pins one of several owners',
      WORKLOAD,
      'principal.hasTag("repository_owner_id") && ["1", "2"].contains(principal.getTag("repository_owner_id"))',
    ],
    [
      'if every alternative pins something',
      WORKLOAD,
      `(${has('repository_owner_id', '1')}) || (${has('namespace_id', '1')}) || principal.issuer == "server"`,
    ],
    [
      'if every branch of a choice does',
      WORKLOAD,
      `if ${has('repository_owner_id', '1')} then true else ${has('namespace_id', '1')}`,
    ],
    [
      'if it leaves unless the owner is pinned',
      WORKLOAD,
      `!(!(${has('repository_owner_id', '1')}))`,
    ],
    ['if it is for an issuer of one company', WORKLOAD, 'principal.issuer == "server"'],
    [
      'if it leaves public issuers out',
      WORKLOAD,
      '!["github", "gitlab"].contains(principal.issuer)',
    ],
    ['if it is for a group of people', 'principal in ValetKey::Group::"people:readers"', 'true'],
    [
      'if it is for a Google Workspace',
      'principal is ValetKey::User',
      `principal.issuer == "people" || (${has('hd', 'acme.example')})`,
    ],
  ])('%s', (_, head, when) => {
    expect(rules(head, when)).toEqual([]);
  });

  test('if a forbid keeps all other owners out', () => {
    const { 'policies/more.cedar': open } = request(WORKLOAD, 'principal.issuer == "github"');
    const forbid = (when: string) => ({
      ...BOUND,
      'policies/more.cedar': `${open} @id("ours") @advice("Ours only.") forbid (principal is ValetKey::Workload, action, resource) when { ${when} };`,
    });
    expect(rulesOf(forbid(`!(${has('repository_owner_id', '1')})`))).toEqual([]);
    expect(rulesOf(forbid(`!(${has('ref', 'main')})`))).toEqual(['open-to-strangers']);
    // That names change is another warning.
    expect(rulesOf(forbid(`!(${has('repository_owner', 'acme')})`))).toEqual(['name-decides']);
  });

  test('if the entry of the issuer accepts only tokens of one owner', () => {
    const issuers = PUBLIC.replace(
      '    name: repository\n',
      '    name: repository\n    when: { repository_owner_id: ["1001"] }\n',
    );
    const changes = {
      ...BOUND,
      'issuers.yaml': issuers,
      ...request(WORKLOAD, 'principal.issuer == "github"'),
    };
    expect(rulesOf(changes)).toEqual([]);
    const byName = {
      ...changes,
      'issuers.yaml': issuers.replace('repository_owner_id: ["1001"]', 'repository_owner: acme'),
    };
    expect(rulesOf(byName)).toEqual(['name-as-subject']);
    const byEvent = {
      ...changes,
      'issuers.yaml': issuers.replace('repository_owner_id: ["1001"]', 'ref: main'),
    };
    expect(rulesOf(byEvent)).toEqual(['open-to-strangers']);
  });
});

/** Random conditions, of what policies ask about the jobs of GitHub and GitLab. */
const atom = fc.constantFrom(
  'principal.issuer == "github"',
  'principal.issuer != "github"',
  '["gitlab"].contains(principal.issuer)',
  'principal is ValetKey::Workload',
  'principal == ValetKey::Workload::"github:1/2"',
  'principal.hasTag("ref")',
  has('ref', 'main'),
  has('repository_owner_id', '1'),
  has('repository_id', '2'),
  has('namespace_id', '1'),
  'principal.hasTag("repository_owner_id") && principal.getTag("repository_owner_id") != "9"',
  'principal.hasTag("repository_owner_id") && ["1", "3"].contains(principal.getTag("repository_owner_id"))',
  'context.mfa',
  'false',
);
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    atom,
    tie('condition').map((one) => `!(${one})`),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a}) && (${b})`),
    fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a}) || (${b})`),
    fc
      .tuple(tie('condition'), tie('condition'), tie('condition'))
      .map(([a, b, c]) => `if ${a} then ${b} else ${c}`),
  ),
}));

const STRANGERS = [
  { id: 'github:9/9', tags: { repository_owner_id: '9', repository_id: '9', ref: 'main' } },
  { id: 'github:8/8', tags: { repository_owner_id: '8', repository_id: '8' } },
  { id: 'gitlab:9/9', tags: { namespace_id: '9', ref: 'main' } },
];

/** Whether Cedar permits a job that belongs to nobody whom a policy names. */
function permitsStranger(when: string): boolean {
  const policy = `permit (principal is ValetKey::Workload, action, resource) when { ${when} };`;
  return STRANGERS.some(({ id, tags }) =>
    [true, false].some((mfa) => {
      const uid = { type: 'ValetKey::Workload', id };
      const answer = cedar.isAuthorized({
        principal: uid,
        action: { type: 'ValetKey::Action', id: 'request' },
        resource: { type: 'ValetKey::Entitlement', id: 'read' },
        context: { mfa },
        entities: [
          { uid, attrs: { issuer: id.split(':')[0] ?? '', name: 'x' }, parents: [], tags },
        ],
        policies: { staticPolicies: { p: policy } },
      });
      if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors));
      return answer.response.decision === 'allow';
    }),
  );
}

test('a permit without the warning never lets a stranger in, as Cedar decides', () => {
  let letIn = 0;
  fc.assert(
    fc.property(condition, (when) => {
      if (!permitsStranger(when)) return;
      letIn += 1;
      expect(rulesOf({ ...BOUND, ...request(WORKLOAD, when) })).toContain('open-to-strangers');
    }),
    { numRuns: draws(150) },
  );
  expect(letIn).toBeGreaterThan(draws(10));
});
