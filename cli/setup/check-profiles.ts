import { exec } from 'node:child_process';
import {
  configFile,
  profileOf,
  settingsOf,
  shadowing,
  textOfFile,
} from '../credentials/aws-files.ts';
import { Failure } from '../failure.ts';
import { plain } from '../terminal.ts';
import type { Finding } from './finding.ts';

/** What stands between the program of a profile and its arguments. */
const OURS = ' credential-process ';

/** The profiles that get their keys from valetkey: whether those keys are used, and the program runs. */
export async function checkProfiles(): Promise<readonly Finding[]> {
  try {
    const ours = settingsOf(textOfFile(configFile()) ?? '').filter(
      ({ setting, text }) => setting === 'credential_process' && text.includes(OURS),
    );
    return await Promise.all(
      ours.map(({ section, text }) =>
        checkProfile(profileOf(section) ?? section, text.slice(text.indexOf('=') + 1)),
      ),
    );
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { message: detail, hint } = error;
    return [{ what: 'profiles', state: 'wrong', detail, ...(hint !== null && { hint }) }];
  }
}

async function checkProfile(name: string, line: string): Promise<Finding> {
  const what = `[${plain(name)}]`.slice(0, 12);
  const file = shadowing(name);
  if (file === null) return { what, ...(await running(line)) };
  const hint = `Remove the keys of [${plain(name)}] from ${file}.`;
  return { what, state: 'wrong', detail: 'static keys of the same name take precedence', hint };
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
