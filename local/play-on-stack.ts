import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Story } from './demo-story.ts';
import { type LocalStack, startStack } from './stack.ts';

/** What a story is played with. */
export type Stage = {
  readonly story: Story;
  readonly stack: LocalStack;
  /** A folder of its own, which is gone afterwards. */
  readonly stateDir: string;
  /** Aborted where somebody stops the story. */
  readonly signal: AbortSignal;
};

type Opening = {
  /** How temporary folders of it begin. */
  readonly name: string;
  readonly says: string;
  /** Makes the bundle and names its folder. Default: the example. */
  readonly policyIn?: (stateDir: string) => string;
};

/** Plays a story on a local stack of its own. The process ends with 0 only if every step succeeds. */
export async function playOnStack(
  { name, says, policyIn = () => 'policy' }: Opening,
  play: (stage: Stage) => Promise<void>,
): Promise<void> {
  const story = new Story();
  const stateDir = mkdtempSync(join(tmpdir(), `valetkey-${name}-`));
  const stopping = new AbortController();
  const { signal } = stopping;
  for (const sent of ['SIGINT', 'SIGTERM'] as const) process.on(sent, () => stopping.abort());
  story.say(`${says} Starting a local stack …`);
  let stack: LocalStack | undefined;
  try {
    const log = (line: string): void => story.detail(line);
    stack = await startStack({ stateDir, policyDir: policyIn(stateDir), log, signal });
    await play({ story, stack, stateDir, signal });
    story.end();
  } catch (error) {
    story.fail(signal.aborted ? new Error('stopped') : error);
    process.exitCode = 1;
  } finally {
    await stack?.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}
