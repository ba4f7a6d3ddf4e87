import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COMPILE_CACHE } from './compile-cache.ts';

/** The real app, synthesised by a process of its own that knows nothing of any AWS account. */

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
};

/** With the CDK's own command, as people call it. */
export function cdkSynth(...context: readonly string[]): Promise<Synthesis> {
  const more = context.flatMap((it) => ['-c', it]);
  return inFolder((folder, env) => {
    const out = join(folder, 'out');
    return run(join(BIN, 'cdk'), ['synth', '--quiet', '--output', out, ...more], out, env);
  });
}

/**
 * Without the command around it: the app alone, which is faster, and faster still without the CDK's
 * own validation of templates. That never changes a template, and is left to those who ask for it.
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
    // No credentials, no account, no Region, no home to find any of them in.
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
        template: readIfThere(join(out, 'ValetKey.template.json')),
        validation: readIfThere(join(out, 'validation-report.json')),
        templates: templatesIn(out),
      }),
    );
  });
}

function templatesIn(out: string): Synthesis['templates'] {
  const ending = '.template.json';
  const files = existsSync(out) ? readdirSync(out).filter((it) => it.endsWith(ending)) : [];
  return Object.fromEntries(
    files.map((file) => [file.slice(0, -ending.length), readFileSync(join(out, file), 'utf8')]),
  );
}

function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
