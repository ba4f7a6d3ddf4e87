import { lint } from '../../../core/policy/lint.ts';
import { type BundleWarning, LINT_RULES } from '../../../core/policy/lint-warning.ts';
import { files, language } from '../../support/bundles.ts';
import { analyst, sourcesOf } from './test-bench.ts';

/** A policy for the entitlement `read` that gives no warning. */
export const LIMITED = `@id("read-is-fine")
permit (
  principal in ValetKey::Group::"people:readers",
  action in [ValetKey::Action::"request", ValetKey::Action::"autoApprove"],
  resource == ValetKey::Entitlement::"read"
) when { context.durationSeconds <= 3600 };
`;

type Changes = Readonly<Record<string, string | null>>;

export function warningsOf(changes: Changes): readonly BundleWarning[] {
  return lint(sourcesOf(files({ 'policies/read.cedar': LIMITED, ...changes })), language, analyst);
}

export function rulesOf(changes: Changes): readonly string[] {
  return warningsOf(changes).map(({ rule }) => {
    // A list with an undefined item equals an empty one for `toEqual`.
    if (!LINT_RULES.includes(rule)) throw new Error(`a warning of no rule: ${rule}`);
    return rule;
  });
}

/** The issuers of the small bundle, and public ones. */
export const PUBLIC = `issuers:
  - { id: people, type: User, url: https://login.acme.example, audience: valetkey, subject: [sub], name: email, groups: groups, tags: [department, email], mfa: { amr: [mfa] } }
  - { id: google, type: User, url: https://accounts.google.com, audience: valetkey, subject: [sub], name: email, tags: [hd] }
  - id: github
    type: Workload
    url: https://token.actions.githubusercontent.com
    audience: valetkey
    subject: [repository_owner_id, repository_id]
    name: repository
    tags: [repository_owner_id, repository_id, repository, repository_owner, sub, actor, actor_id, ref, environment, job_workflow_ref, run_id]
  - id: gitlab
    type: Workload
    url: https://gitlab.com
    audience: valetkey
    subject: [namespace_id, project_id]
    name: project_path
    tags: [namespace_id, project_path, user_id, ref, job_id]
  - { id: server, type: Workload, url: https://gitlab.acme.example, audience: valetkey, subject: [project_id], name: project_path, tags: [project_path, ref] }
`;

/** A permit to request `read` whose grants are bound to a run, so that only its own warnings remain. */
export function request(head: string, when: string, annotations = ''): Changes {
  return {
    'policies/more.cedar': `@id("more") ${annotations}
permit (${head}, action == ValetKey::Action::"request", resource == ValetKey::Entitlement::"read")
when { context.durationSeconds <= 3600 && (${when}) };`,
  };
}
