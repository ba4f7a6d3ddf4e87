import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';

/** Hands credentials to the later steps of a job, masked in its log by the CI system. */

/** GitHub workflow commands: from then on the log shows `***` instead of the secrets. */
export function githubMasks(secrets: readonly string[]): string {
  return secrets.map((secret) => `::add-mask::${secret}\n`).join('');
}

/**
 * Sets variables for all later steps.
 *
 * @param file The path in `GITHUB_ENV`, `GITHUB_OUTPUT` or `GITHUB_STATE`.
 * @see https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
export function githubVariables(file: string, variables: Readonly<Record<string, string>>): void {
  const delimiter = `valetkey-${randomUUID()}`;
  const lines = Object.entries(variables).map(
    ([name, value]) => `${name}<<${delimiter}\n${value}\n${delimiter}\n`,
  );
  appendFileSync(file, lines.join(''));
}
