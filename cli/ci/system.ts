import { Failure } from '../failure.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The CI systems that the command knows. */
export type CiSystem = 'github' | 'gitlab' | 'buildkite' | 'circleci' | 'other';

/** Detects the CI system by the variable that it sets in every job. */
export function ciSystem(env: Env): CiSystem {
  if (env['GITHUB_ACTIONS'] === 'true') return 'github';
  if (env['GITLAB_CI'] === 'true') return 'gitlab';
  if (env['BUILDKITE'] === 'true') return 'buildkite';
  if (env['CIRCLECI'] === 'true') return 'circleci';
  return 'other';
}

/** A name for the current job: the default reason of its grants, and the key of its state file. */
export function jobName(env: Env): string {
  const parts: Readonly<Record<CiSystem, readonly (string | undefined)[]>> = {
    github: [
      env['GITHUB_REPOSITORY'],
      env['GITHUB_RUN_ID'],
      env['GITHUB_RUN_ATTEMPT'],
      env['GITHUB_JOB'],
    ],
    gitlab: [env['CI_PROJECT_PATH'], env['CI_JOB_ID']],
    buildkite: [env['BUILDKITE_PIPELINE_SLUG'], env['BUILDKITE_JOB_ID']],
    circleci: [env['CIRCLE_PROJECT_REPONAME'], env['CIRCLE_WORKFLOW_JOB_ID']],
    other: ['job'],
  };
  const known = parts[ciSystem(env)].filter((part) => part !== undefined && part !== '');
  return `${ciSystem(env)} ${known.join(' ')}`;
}

/** The error for a job without a token, with the fix for its CI system. */
export function noToken(system: CiSystem, audience: string): Failure {
  const hints: Readonly<Record<CiSystem, string>> = {
    github: 'Give the job `permissions: { id-token: write }`.',
    gitlab: `Give the job \`id_tokens: { VALETKEY_TOKEN: { aud: ${audience} } }\`.`,
    buildkite: 'Check that buildkite-agent 3.44 or newer is on the PATH of the job.',
    circleci:
      'Check that the circleci command is on the PATH of the job, and that the organisation may use OIDC.',
    other: 'Set VALETKEY_TOKEN to the OIDC token of the job, or name its file with --token-file.',
  };
  return new Failure('signIn', 'This job has no OIDC token.', hints[system]);
}
