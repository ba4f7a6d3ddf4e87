import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { whoami } from '../broker/answers.ts';
import { chosenBroker, type NamedBroker } from '../broker/brokers.ts';
import { clockOff, type HttpAnswer, http, SKEW_WRONG_SECONDS } from '../broker/http.ts';
import { proxyFor } from '../broker/proxy.ts';
import { CONFLICTING } from '../credentials/child-environment.ts';
import { homeFolder } from '../folders.ts';
import { signedIn } from '../sign-in/bearer.ts';
import { keychainName } from '../sign-in/keychain.ts';
import { isFresh, readTokens } from '../sign-in/tokens.ts';
import { plain, type Terminal } from '../terminal.ts';
import { checkCache, checkLocks, checkProxies } from './check-cache.ts';
import { checkProfiles } from './check-profiles.ts';
import { discover } from './configure.ts';
import { type Finding, wrong } from './finding.ts';

/**
 * `valetkey doctor`: checks everything that the command depends on.
 *
 * @returns false if something is wrong.
 */
export async function doctor(
  { broker, json }: { readonly broker?: string; readonly json: boolean },
  out: Terminal,
): Promise<boolean> {
  const findings = [
    ...(await checkBroker(broker)),
    checkFolder(),
    ...checkLocks(),
    ...checkVariables(),
    ...(await checkProfiles()),
  ];
  const ok = findings.every(({ state }) => state !== 'wrong');
  if (json) {
    out.json({ ok, findings });
    return ok;
  }
  const marks = {
    ok: out.paint('green', '✓'),
    note: out.paint('yellow', '!'),
    wrong: out.paint('red', '✗'),
  };
  for (const { what, state, detail, hint } of findings) {
    out.print(`${marks[state]} ${what.padEnd(12)} ${detail}`);
    if (hint !== undefined) out.print(`  ${' '.repeat(12)} ${hint}`);
  }
  return ok;
}

async function checkBroker(flag: string | undefined): Promise<readonly Finding[]> {
  let chosen: NamedBroker;
  try {
    chosen = chosenBroker(flag);
  } catch (error) {
    return [wrong('broker', error)];
  }
  const { url } = chosen;
  const proxy = proxyFor(url) === null ? '' : ', through a proxy';
  const proxies = checkProxies([url, ...(chosen.issuer === null ? [] : [chosen.issuer])]);
  if (proxies.some(({ state }) => state === 'wrong')) return proxies;
  try {
    const answer = await http({ method: 'GET', url: `${url}/.well-known/valetkey` });
    const reached = { what: 'broker', state: 'ok', detail: `${url} answers${proxy}` } as const;
    const signIn = await checkSignIn(chosen);
    const mine =
      signIn.state === 'ok' ? [...(await checkClaims(flag)), ...(await checkCache(flag))] : [];
    return [reached, checkClock(answer), ...proxies, await checkProvider(chosen), signIn, ...mine];
  } catch (error) {
    return [wrong('broker', error), ...proxies, await checkSignIn(chosen)];
  }
}

const SKEW_NOTE_SECONDS = 30;

function checkClock({ headers }: HttpAnswer): Finding {
  const off = clockOff(headers, Date.now());
  if (off === null) return { what: 'clock', state: 'note', detail: 'the broker sent no time' };
  const size = Math.abs(off);
  const detail = `${size} s ${off >= 0 ? 'ahead of' : 'behind'} the broker's`;
  if (size < SKEW_NOTE_SECONDS) return { what: 'clock', state: 'ok', detail };
  const state = size < SKEW_WRONG_SECONDS ? 'note' : 'wrong';
  const hint = 'Synchronise the clock with network time: AWS rejects calls from a wrong clock.';
  return { what: 'clock', state, detail, hint };
}

async function checkProvider(chosen: NamedBroker): Promise<Finding> {
  const now = await discover(chosen.url);
  const facts = ['issuer', 'clientId', 'audience', 'scope'] as const;
  const changed = facts.filter((fact) => (now[fact] ?? null) !== (chosen[fact] ?? null));
  if (changed.length === 0 || chosen.issuer === null) {
    return { what: 'provider', state: 'ok', detail: chosen.issuer ?? 'none for people' };
  }
  const is = (fact: (typeof facts)[number]): string =>
    `${fact} is now ${now[fact] ?? 'none'}, not ${chosen[fact] ?? 'none'}`;
  return {
    what: 'provider',
    state: 'wrong',
    detail: plain(changed.map(is).join('; ')),
    hint: `If your platform team announced this change: valetkey configure ${chosen.url} --name ${chosen.name}`,
  };
}

async function checkSignIn(chosen: NamedBroker): Promise<Finding> {
  const what = 'sign-in';
  if (process.env['VALETKEY_TOKEN']) {
    return { what, state: 'ok', detail: 'uses the token in VALETKEY_TOKEN' };
  }
  try {
    const tokens = await readTokens(chosen);
    const hint = 'Run `valetkey login`.';
    if (tokens === null) return { what, state: 'note', detail: 'not signed in', hint };
    const keychain = await keychainName();
    const where = keychain === null ? 'a file that only you can read' : `the ${keychain}`;
    const renewable = tokens.refreshToken !== null || tokens.aws !== undefined;
    if (isFresh(tokens, Date.now()) || renewable)
      return { what, state: 'ok', detail: `signed in; token kept in ${where}` };
    return { what, state: 'note', detail: 'the sign-in has expired', hint };
  } catch (error) {
    return wrong(what, error);
  }
}

/** Policies that ask for a claim which the token lacks do not say so. */
async function checkClaims(flag: string | undefined): Promise<readonly Finding[]> {
  const what = 'identity';
  try {
    const me = await signedIn(flag).get('/v1/whoami', whoami);
    const missing = (me.missingClaims ?? []).map(plain).join(', ');
    if (missing === '') return [{ what, state: 'ok', detail: plain(me.id) }];
    const detail = `${plain(me.id)}; the token has no ${missing}`;
    const hint =
      'If policies ask for them, your platform team looks at issuers.yaml and the provider.';
    return [{ what, state: 'note', detail, hint }];
  } catch (error) {
    return [wrong(what, error)];
  }
}

function checkFolder(): Finding {
  const folder = homeFolder();
  const existing = existsSync(folder) ? folder : dirname(folder);
  try {
    accessSync(existsSync(existing) ? existing : '/', constants.W_OK);
  } catch {
    const hint = 'Grant yourself write access, or set VALETKEY_HOME to another folder.';
    return { what: 'settings', state: 'wrong', detail: `${folder} is read-only`, hint };
  }
  const mode = statSync(folder, { throwIfNoEntry: false })?.mode ?? 0;
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    return {
      what: 'settings',
      state: 'wrong',
      detail: `other users can read ${folder}`,
      hint: `chmod 700 ${folder}`,
    };
  }
  return { what: 'settings', state: 'ok', detail: folder };
}

function checkVariables(): readonly Finding[] {
  const set = CONFLICTING.filter((name) => process.env[name] !== undefined);
  if (set.length === 0) {
    return [{ what: 'variables', state: 'ok', detail: 'no AWS keys in the environment' }];
  }
  const hint = 'Unset them: they override profiles. exec and shell hide them from the command.';
  return [{ what: 'variables', state: 'note', detail: `set: ${set.join(', ')}`, hint }];
}
