import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMPILE_CACHE } from './compile-cache.ts';

/** Synthesises the real app in its own process, without an AWS account. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BIN = join(ROOT, 'node_modules/.bin');

export type Synthesis = {
  readonly succeeded: boolean;
  readonly output: string;
  /** The template of the stack, as text; empty when there is none. */
  readonly template: string;
  readonly validation: string;
  /** The templates of all stacks, by their id. */
  readonly templates: Readonly<Record<string, string>>;
  /** Where each stack goes, and which go before it. */
  readonly manifest: string;
};

/** Synthesises with the CDK's command, as people call it. */
export function cdkSynth(...context: readonly string[]): Promise<Synthesis> {
  const more = context.flatMap((value) => ['-c', value]);
  return inFolder((folder, env) => {
    const out = join(folder, 'out');
    return run(join(BIN, 'cdk'), ['synth', '--quiet', '--output', out, ...more], out, env);
  });
}

/**
 * Runs only the app, without the CDK's command and its validation of templates, which is faster. The
 * validation never changes a template; `validated` runs it.
 */
export function appSynth(
  more: Readonly<Record<string, string>> = {},
  { validated = false } = {},
): Promise<Synthesis> {
  const { context } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as {
    readonly context: object;
  };
  return inFolder((folder, env) => {
    const out = join(folder, 'out');
    const settings = {
      CDK_OUTDIR: out,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...more }),
      CDK_VALIDATION: String(validated),
    };
    return run(process.execPath, ['bin/app.ts'], out, { ...env, ...settings });
  });
}

type Environment = Readonly<Record<string, string>>;

async function inFolder(
  synthesise: (folder: string, env: Environment) => Promise<Synthesis>,
): Promise<Synthesis> {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-synth-'));
  try {
    // No credentials, account or Region, and no home folder that contains them.
    const path = [BIN, dirname(process.execPath), '/usr/bin', '/bin'].join(':');
    return await synthesise(folder, { PATH: path, HOME: folder, TMPDIR: folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(
  command: string,
  args: readonly string[],
  out: string,
  environment: Environment,
): Promise<Synthesis> {
  const options = {
    cwd: ROOT,
    env: { ...environment, ...COMPILE_CACHE, CDK_DISABLE_CLI_TELEMETRY: 'true' },
    timeout: 180_000,
  };
  return new Promise((resolve) => {
    execFile(command, [...args], options, (error, stdout, stderr) =>
      resolve({
        succeeded: error === null,
        output: `${stdout}${stderr}`,
        template: readIfExists(join(out, 'ValetKey.template.json')),
        validation: readIfExists(join(out, 'validation-report.json')),
        templates: templatesIn(out),
        manifest: readIfExists(join(out, 'manifest.json')),
      }),
    );
  });
}

function templatesIn(out: string): Synthesis['templates'] {
  const ending = '.template.json';
  const files = existsSync(out) ? readdirSync(out).filter((name) => name.endsWith(ending)) : [];
  return Object.fromEntries(
    files.map((file) => [file.slice(0, -ending.length), readFileSync(join(out, file), 'utf8')]),
  );
}

function readIfExists(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
