import { expect, test } from '@jest/globals';
import { READ } from '../../support/bundles.ts';
import { PUBLIC, warningsOf } from './lint-bench.ts';

/** Policies as a careful author writes them: no warning may be a false alarm. */

const ask = 'action in [ValetKey::Action::"request", ValetKey::Action::"autoApprove"]';
const read = 'resource == ValetKey::Entitlement::"read"';
const is = (tag: string, value: string) =>
  `principal.hasTag("${tag}") && principal.getTag("${tag}") == "${value}"`;
const HOUR = 'context.durationSeconds <= 3600';

const POLICIES: Readonly<Record<string, string>> = {
  'a group with a recent second factor': `permit (principal in ValetKey::Group::"people:sre", ${ask}, ${read}) when { ${HOUR} && context has mfaAgeSeconds && context.mfaAgeSeconds <= 900 };`,
  'a department by its claim': `permit (principal is ValetKey::User, ${ask}, ${read}) when { ${HOUR} && principal.issuer == "people" && ${is('department', 'finance')} };`,
  'one person': `permit (principal == ValetKey::User::"people:ana", ${ask}, ${read}) when { ${HOUR} };`,
  'a Google Workspace, with a ticket': `permit (principal is ValetKey::User, ${ask}, ${read}) when { ${HOUR} && principal.issuer == "google" && ${is('hd', 'acme.example')} && context has ticket && context.ticket like "OPS-*" };`,
  'a repository from its main branch': `permit (principal == ValetKey::Workload::"github:1/2", ${ask}, ${read}) when { ${HOUR} && ${is('ref', 'refs/heads/main')} };`,
  'the release branches of a repository': `permit (principal == ValetKey::Workload::"github:1/2", ${ask}, ${read}) when { ${HOUR} && principal.hasTag("ref") && principal.getTag("ref") like "refs/heads/release/*" };`,
  'an owner through a pinned workflow': `permit (principal is ValetKey::Workload, ${ask}, ${read}) when { ${HOUR} && principal.issuer == "github" && ${is('repository_owner_id', '1')} && ${is('job_workflow_ref', 'acme/w/.github/workflows/d.yml@0123456789abcdef0123456789abcdef01234567')} };`,
  'an owner through tagged versions of a workflow': `permit (principal is ValetKey::Workload, ${ask}, ${read}) when { ${HOUR} && ${is('repository_owner_id', '1')} && principal.hasTag("job_workflow_ref") && principal.getTag("job_workflow_ref") like "acme/w/.github/workflows/d.yml@refs/tags/v1.*" };`,
  'two systems in one policy': `permit (principal is ValetKey::Workload, ${ask}, ${read}) when { ${HOUR} && ((principal.issuer == "github" && ${is('repository_owner_id', '1')}) || (principal.issuer == "gitlab" && ${is('namespace_id', '1')})) };`,
  'the company server, every project': `permit (principal is ValetKey::Workload, ${ask}, ${read}) when { ${HOUR} && principal.issuer == "server" && ${is('ref', 'main')} };`,
  'no keys for pull requests': `forbid (principal is ValetKey::Workload, action == ValetKey::Action::"request", resource) when { principal.hasTag("ref") && principal.getTag("ref") like "refs/pull/*" };`,
  'only protected branches on GitLab': `forbid (principal is ValetKey::Workload, action == ValetKey::Action::"request", resource) when { principal.issuer == "gitlab" && !(${is('ref', 'main')}) };`,
  'no person without a second factor': `forbid (principal is ValetKey::User, action == ValetKey::Action::"request", resource) when { principal.issuer == "people" && !context.mfa };`,
  'people and jobs, people with a second factor': `permit (principal, ${ask}, ${read}) when { ${HOUR} && (principal in ValetKey::Group::"people:sre" && context.mfa || principal == ValetKey::Workload::"gitlab:1/2") };`,
  auditors: `permit (principal in ValetKey::Group::"people:auditors", action == ValetKey::Action::"audit", resource == ValetKey::Broker::"broker");`,
  'a second pair of eyes at night': `permit (principal in ValetKey::Group::"people:leads", action == ValetKey::Action::"vote", resource) when { context.escalated && context.requester != principal };`,
};

const READ_BOUND = `${READ}job: [ref]\napproval: { approvers: ['people:boss'], samePerson: [department] }\n`;

test.each(Object.entries(POLICIES))('a good policy gives no warning: %s', (_, text) => {
  const more = `@id("more") ${text.startsWith('forbid') ? '@advice("Do otherwise.") ' : ''}${text}`;
  expect(
    warningsOf({
      'issuers.yaml': PUBLIC.replace('tags: [hd]', 'tags: [hd, department]'),
      'entitlements/read.yaml': READ_BOUND,
      'policies/more.cedar': more,
    }),
  ).toEqual([]);
});
