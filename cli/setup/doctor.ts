import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { chosenBroker, type NamedBroker } from '../broker/brokers.ts';
import { clockOff, type HttpAnswer, http, SKEW_WRONG_SECONDS } from '../broker/http.ts';
import { proxyFor } from '../broker/proxy.ts';
import {
  configFile,
  credentialsFile,
  linesOf,
  sectionsWithKeys,
} from '../credentials/aws-files.ts';
import { CONFLICTING } from '../credentials/child-environment.ts';
import { Failure } from '../failure.ts';
import { homeFolder } from '../folders.ts';
import { keychainName } from '../sign-in/keychain.ts';
import { isFresh, readTokens } from '../sign-in/tokens.ts';
import type { Terminal } from '../terminal.ts';
import { discover } from './configure.ts';

/** What `doctor` found in one place, and the mend where something is wrong. */
export type Finding = {
  readonly what: string;
  readonly state: 'ok' | 'note' | 'wrong';
  readonly detail: string;
  readonly mend?: string;
};

/** @returns whether nothing is wrong. */
export async function doctor(
  { broker, json }: { readonly broker?: string; readonly json: boolean },
  out: Terminal,
): Promise<boolean> {
  const findings = [...(await ofBroker(broker)), ofHome(), ...ofVariables(), ...ofProfiles()];
  const well = findings.every(({ state }) => state !== 'wrong');
  if (json) {
    out.json({ ok: well, findings });
    return well;
  }
  const marks = {
    ok: out.paint('green', '✓'),
    note: out.paint('yellow', '!'),
    wrong: out.paint('red', '✗'),
  };
  for (const { what, state, detail, mend } of findings) {
    out.print(`${marks[state]} ${what.padEnd(12)} ${detail}`);
    if (mend !== undefined) out.print(`  ${' '.repeat(12)} ${mend}`);
  }
  return well;
}

async function ofBroker(flag: string | undefined): Promise<readonly Finding[]> {
  let chosen: NamedBroker;
  try {
    chosen = chosenBroker(flag);
  } catch (error) {
    return [wrong('broker', error)];
  }
  const { url } = chosen;
  const proxy = proxyFor(url) === null ? '' : ', through a proxy';
  try {
    const answer = await http({ method: 'GET', url: `${url}/.well-known/valetkey` });
    const reached = { what: 'broker', state: 'ok', detail: `${url} answers${proxy}` } as const;
    return [reached, ofClock(answer), await ofDiscovery(chosen), await ofSignIn(chosen)];
  } catch (error) {
    return [wrong('broker', error), await ofSignIn(chosen)];
  }
}

const SKEW_NOTE_SECONDS = 30;

function ofClock({ headers }: HttpAnswer): Finding {
  const off = clockOff(headers, Date.now());
  if (off === null) return { what: 'clock', state: 'note', detail: 'the broker told no time' };
  const size = Math.abs(off);
  const detail = `${size} s ${off >= 0 ? 'ahead of' : 'behind'} the broker's`;
  if (size < SKEW_NOTE_SECONDS) return { what: 'clock', state: 'ok', detail };
  const state = size < SKEW_WRONG_SECONDS ? 'note' : 'wrong';
  const mend = 'Set the clock by network time: AWS refuses calls from wrong ones.';
  return { what: 'clock', state, detail, mend };
}

async function ofDiscovery(chosen: NamedBroker): Promise<Finding> {
  const now = await discover(chosen.url);
  const same =
    now.issuer === chosen.issuer &&
    now.audience === chosen.audience &&
    now.clientId === chosen.clientId;
  if (same || chosen.issuer === null) {
    return { what: 'provider', state: 'ok', detail: chosen.issuer ?? 'none for people' };
  }
  const mend = `If your platform team announced that: valetkey configure ${chosen.url} --name ${chosen.name}`;
  return {
    what: 'provider',
    state: 'wrong',
    detail: `is ${now.issuer} now, not ${chosen.issuer}`,
    mend,
  };
}

async function ofSignIn(chosen: NamedBroker): Promise<Finding> {
  const what = 'sign-in';
  if (process.env['VALETKEY_TOKEN']) {
    return { what, state: 'ok', detail: 'the token in VALETKEY_TOKEN' };
  }
  try {
    const tokens = await readTokens(chosen);
    if (tokens === null)
      return { what, state: 'note', detail: 'not signed in', mend: 'valetkey login' };
    const where = (await keychainName()) ?? 'a file that only you can read';
    const usable = isFresh(tokens, Date.now()) || tokens.refreshToken !== null;
    if (usable) return { what, state: 'ok', detail: `signed in; kept in ${where}` };
    return { what, state: 'note', detail: 'expired', mend: 'valetkey login' };
  } catch (error) {
    return wrong(what, error);
  }
}

function ofHome(): Finding {
  const folder = homeFolder();
  const there = existsSync(folder) ? folder : dirname(folder);
  try {
    accessSync(existsSync(there) ? there : '/', constants.W_OK);
  } catch {
    const mend = 'Give yourself write access, or set VALETKEY_HOME to another folder.';
    return { what: 'settings', state: 'wrong', detail: `${folder} is read-only`, mend };
  }
  const mode = statSync(folder, { throwIfNoEntry: false })?.mode ?? 0;
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    return {
      what: 'settings',
      state: 'wrong',
      detail: `others may look into ${folder}`,
      mend: `chmod 700 ${folder}`,
    };
  }
  return { what: 'settings', state: 'ok', detail: folder };
}

function ofVariables(): readonly Finding[] {
  const set = CONFLICTING.filter((name) => process.env[name] !== undefined);
  if (set.length === 0)
    return [{ what: 'variables', state: 'ok', detail: 'no AWS keys in the environment' }];
  const mend = `Unset them: they win over profiles. exec and shell clear them for the command.`;
  return [{ what: 'variables', state: 'note', detail: `${set.join(', ')} are set`, mend }];
}

/** Static keys of the same name win over `credential_process`, even when they have expired. */
function ofProfiles(): readonly Finding[] {
  const config = linesOf(textOf(configFile()));
  const ours = config
    .filter(
      ({ key, text }) => key === 'credential_process' && text.includes(' credential-process '),
    )
    .map(({ section, text }) => ({ name: section.replace(/^profile /, ''), text }));
  const shadowing = sectionsWithKeys(textOf(credentialsFile()));
  return ours.map(({ name, text }) => {
    const what = `[${name}]`.slice(0, 12);
    if (shadowing.includes(name)) {
      const mend = `Remove [${name}] from ${credentialsFile()}.`;
      return { what, state: 'wrong', detail: 'static keys of the same name win over it', mend };
    }
    const program = /=\s*(?:"([^"]+)"|(\S+))/.exec(text);
    const path = program?.[1] ?? program?.[2] ?? '';
    if (path.startsWith('/') && !existsSync(path)) {
      return {
        what,
        state: 'wrong',
        detail: `${path} is not there`,
        mend: 'Add it again: valetkey profile add --replace',
      };
    }
    return { what, state: 'ok', detail: 'gets its keys from valetkey' };
  });
}

function wrong(what: string, error: unknown): Finding {
  if (!(error instanceof Failure)) throw error;
  return {
    what,
    state: 'wrong',
    detail: error.message,
    ...(error.hint !== null && { mend: error.hint }),
  };
}

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
