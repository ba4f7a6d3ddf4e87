import { outputOf } from './output-of.ts';

/**
 * Asks Buildkite's agent to redact the values in the log of the job.
 *
 * @returns false if the agent cannot: this needs version 3.66.
 */
export async function buildkiteRedacts(
  variables: Readonly<Record<string, string>>,
): Promise<boolean> {
  const args = ['redactor', 'add', '--format', 'json'];
  const limited = { input: JSON.stringify(variables), timeoutMs: 10_000 };
  return (await outputOf('buildkite-agent', args, limited)) !== null;
}
