import { describe, expect, test } from '@jest/globals';
import { ISSUERS, READ } from '../../support/bundles.ts';
import { rulesOf, warningsOf } from './lint-bench.ts';

const WORKLOAD = 'principal is ValetKey::Workload';
const OTHER = READ.replace('id: read', 'id: other');

function policy(id: string, action: string, when: string, { on = 'read', head = WORKLOAD } = {}) {
  return `@id("${id}") permit (${head}, action == ValetKey::Action::"${action}", resource == ValetKey::Entitlement::"${on}") when { context.durationSeconds < 9 && ${when} };\n`;
}
const hasTag = (tag: string) => `principal.hasTag("${tag}")`;
const bundle = (policies: string, more: Readonly<Record<string, string>> = {}) => ({
  'policies/more.cedar': policies,
  ...more,
});
const said = (changes: Parameters<typeof warningsOf>[0]) =>
  warningsOf(changes)
    .filter(({ rule }) => rule === 'no-job')
    .map(({ file, line, message }) => `${file}:${line}: ${message}`);
const says = (id: string, tag: string, on: string, todo: string) =>
  `entitlements/${on}.yaml:1: policy '${id}' decides on '${on}' by the tag '${tag}', but a grant is not bound to the job that requested it; ${todo}`;
const LIST =
  'list the claim that identifies a run, such as run_id, under tags in issuers.yaml, and add job: [run_id]';

/** A second issuer of jobs. */
const farm = (more: string) => ({
  'issuers.yaml': `${ISSUERS}  - { id: farm, type: Workload, url: https://farm.acme.example, audience: valetkey, subject: [project], name: project${more} }\n`,
});

describe('a grant that is not bound to its job', () => {
  test('is told of the policy that decides, be it the one that approves by itself', () => {
    const both = policy('ask', 'request', 'true') + policy('auto', 'autoApprove', hasTag('ref'));
    expect(said(bundle(both))).toEqual([says('auto', 'ref', 'read', LIST)]);
  });

  test('is told once, of the first policy and of a tag that jobs have', () => {
    const [ref, guarded] = [hasTag('ref'), hasTag('protected')];
    const two = policy('one', 'request', guarded) + policy('two', 'request', ref);
    expect(said(bundle(two))).toEqual([says('one', 'protected', 'read', LIST)]);
    const people = ISSUERS.replace('groups: groups', 'groups: groups, tags: [team]');
    const mixed = policy('mixed', 'request', `(${hasTag('team')} || ${ref})`, {
      head: 'principal',
    });
    expect(said(bundle(mixed, { 'issuers.yaml': people }))).toEqual([
      says('mixed', 'ref', 'read', LIST),
    ]);
  });

  test('is told of each entitlement, and of no other', () => {
    const plain = policy('plain', 'request', 'true');
    const other = policy('other', 'request', hasTag('ref'), { on: 'other' });
    const files = { 'entitlements/other.yaml': OTHER };
    expect(said(bundle(plain + other, files))).toEqual([says('other', 'ref', 'other', LIST)]);
    const read = policy('read', 'request', hasTag('ref'));
    expect(said(bundle(read + other, files))).toEqual([
      says('other', 'ref', 'other', LIST),
      says('read', 'ref', 'read', LIST),
    ]);
  });

  test('is told with the claim of a run that any issuer of jobs lists', () => {
    const ref = bundle(policy('one', 'request', hasTag('ref')));
    expect(said({ ...ref, ...farm(', tags: [build_id, pipeline_id]') })).toEqual([
      says('one', 'ref', 'read', 'add job: [pipeline_id]'),
    ]);
    expect(said({ ...ref, ...farm('') })).toEqual([says('one', 'ref', 'read', LIST)]);
  });

  test('is told of a policy for one issuer of several', () => {
    const one = policy('one', 'request', `principal.issuer == "github" && ${hasTag('ref')}`);
    expect(said({ ...bundle(one), ...farm('') })).toEqual([says('one', 'ref', 'read', LIST)]);
  });

  test.each([
    ['may only be approved, not requested', policy('auto', 'autoApprove', hasTag('ref')), ''],
    ['binds it by a claim', policy('one', 'request', hasTag('ref')), 'job: [ref]\n'],
    [
      'says why it does not',
      policy('one', 'request', hasTag('ref')),
      'acknowledged: { no-job: jobs run one by one }\n',
    ],
    ['reads no claim of the job', policy('one', 'request', 'true'), ''],
  ])('is no matter where an entitlement %s', (_, policies, more) => {
    expect(said(bundle(policies, { 'entitlements/read.yaml': READ + more }))).toEqual([]);
  });

  test('is told also where another warning is acknowledged', () => {
    const known = `${READ}acknowledged: { own-job: known }\n`;
    const ref = policy('one', 'request', hasTag('ref'));
    expect(rulesOf(bundle(ref, { 'entitlements/read.yaml': known }))).toContain('no-job');
  });
});
