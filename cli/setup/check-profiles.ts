import { exec } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import {
  configFile,
  credentialsFile,
  linesOf,
  sectionsWithCredentials,
} from '../credentials/aws-files.ts';
import { plain } from '../terminal.ts';
import type { Finding } from './finding.ts';

/** What stands between the program of a profile and its arguments. */
const OURS = ' credential-process ';

/** The profiles that get their keys from valetkey: whether those keys are used, and the program runs. */
export async function checkProfiles(): Promise<readonly Finding[]> {
  const ours = linesOf(textOf(configFile())).filter(
    ({ setting, text }) => setting === 'credential_process' && text.includes(OURS),
  );
  const shadowing = sectionsWithCredentials(textOf(credentialsFile()));
  const names = ours.map(({ section }) => section.replace(/^profile /, ''));
  return Promise.all(
    ours.map(async ({ text }, index): Promise<Finding> => {
      const name = names[index] ?? '';
      const what = `[${plain(name)}]`.slice(0, 12);
      if (shadowing.includes(name)) {
        const hint = `Remove [${name}] from ${credentialsFile()}.`;
        const detail = 'static keys of the same name take precedence';
        return { what, state: 'wrong', detail, hint };
      }
      return { what, ...(await running(text.slice(text.indexOf('=') + 1))) };
    }),
  );
}

const PATIENCE_MS = 30_000;

/** Runs the program as SDKs do, in a shell, for nothing but its version: a grant is requested by nobody. */
function running(line: string): Promise<Omit<Finding, 'what'>> {
  const program = line.slice(0, line.indexOf(OURS)).trim();
  return new Promise((resolve) => {
    exec(`${program} --version`, { timeout: PATIENCE_MS }, (error, out) => {
      const version = out.trim();
      if (error === null && /^\d+\.\d+\.\d+/.test(version)) {
        resolve({ state: 'ok', detail: `gets its keys from valetkey ${plain(version)}` });
      } else {
        const detail = `its program does not run: ${plain(program)}`;
        resolve({ state: 'wrong', detail, hint: 'Add it again: valetkey profile add --replace' });
      }
    });
  });
}

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
