import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';

/** Keys for the later steps of a job, hidden in its log in the system's own way. */

/** Workflow commands of GitHub: from here on the log shows `***` instead. */
export function githubMasks(secrets: readonly string[]): string {
  return secrets.map((secret) => `::add-mask::${secret}\n`).join('');
}

/**
 * Variables for all later steps, in the file that GitHub names for it.
 *
 * @see https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
 */
export function githubVariables(file: string, variables: Readonly<Record<string, string>>): void {
  const mark = `valetkey-${randomUUID()}`;
  const lines = Object.entries(variables).map(
    ([name, value]) => `${name}<<${mark}\n${value}\n${mark}\n`,
  );
  appendFileSync(file, lines.join(''));
}

/** Buildkite's agent redacts what it is told on its input (3.66 or newer); older ones do not. */
export function buildkiteRedacts(variables: Readonly<Record<string, string>>): Promise<boolean> {
  return new Promise((resolve) => {
    const args = ['redactor', 'add', '--format', 'json'];
    const agent = execFile('buildkite-agent', args, { timeout: 10_000 }, (error) =>
      resolve(error === null),
    );
    agent.stdin?.on('error', () => undefined);
    agent.stdin?.end(JSON.stringify(variables));
  });
}
