import { type Command, Option } from 'commander';
import { whoami } from '../broker/answers.ts';
import { chosenBroker, type NamedBroker } from '../broker/brokers.ts';
import { forgetAllCredentials } from '../credential-cache/forget.ts';
import { UsageError } from '../failure.ts';
import { withLock } from '../lock.ts';
import { examples, withBroker, withJson } from '../options.ts';
import { plain, type Terminal } from '../terminal.ts';
import { signedIn } from './bearer.ts';
import { openInBrowser, whyNoBrowser } from './browser.ts';
import type { Provider } from './provider.ts';
import {
  isFresh,
  readTokens,
  removeTokens,
  signInLock,
  type Tokens,
  writeTokens,
} from './tokens.ts';

/** `login`, `logout`, `whoami`. */
export function addSignInCommands(program: Command, out: Terminal, err: Terminal): void {
  const login = program
    .command('login')
    .description("sign in at the broker's identity provider")
    .option('--device', 'sign in with a code on any device, as without a browser')
    .option('--no-browser', 'print the address instead of opening a browser')
    .addOption(
      new Option('--aws', 'sign in with your AWS session, if the broker accepts it').conflicts([
        'device',
      ]),
    )
    .option(
      '--profile <name>',
      'with --aws: the AWS profile (default: AWS_PROFILE, or what the SDK finds)',
    )
    .option('--force', 'sign in even if you are signed in already, as --aws always does')
    .action((options) => signIn(options, out, err));
  withJson(withBroker(login));
  examples(
    login,
    'valetkey login',
    'valetkey login --device',
    'valetkey login --aws --profile work',
  );

  const logout = program
    .command('logout')
    .description('delete tokens and cached keys; active grants stay active')
    .action(({ broker, json }) => {
      const chosen = chosenBroker(broker);
      removeTokens(chosen);
      forgetAllCredentials();
      return json
        ? out.json({ broker: chosen.name, signedIn: false })
        : out.print(`Signed out of ${chosen.name}.`);
    });
  examples(withJson(withBroker(logout)), 'valetkey logout');

  const who = program
    .command('whoami')
    .description('show how the broker identifies you')
    .action(async ({ broker, json }) => {
      const me = await signedIn(broker).get('/v1/whoami', whoami);
      if (json) return out.json(me);
      out.print(`${out.paint('bold', plain(me.name))}  ${plain(me.id)}`);
      out.print(`groups:  ${me.groups.map(plain).join(', ') || '(none)'}`);
      out.print(`factor:  ${me.mfa ? 'signed in with a second factor' : 'one factor only'}`);
      const missing = (me.missingClaims ?? []).map(plain).join(', ');
      if (missing !== '')
        out.print(`missing: your token has no ${missing}, which policies may ask for`);
    });
  withJson(withBroker(who));
  examples(who, 'valetkey whoami --json');
}

type LoginOptions = {
  readonly json: boolean;
  readonly broker?: string;
  readonly device?: boolean;
  readonly browser: boolean;
  readonly aws?: boolean;
  readonly profile?: string;
  readonly force?: boolean;
};

/** Longer than a sign-in may take: if several shells sign in, one does and the others wait. */
const PATIENCE_MS = 6 * 60_000;

async function signIn(options: LoginOptions, out: Terminal, err: Terminal): Promise<void> {
  const broker = chosenBroker(options.broker);
  const { aws = false, profile = process.env['AWS_PROFILE'] || null } = options;
  if (!aws && options.profile !== undefined) {
    throw new UsageError('--profile needs --aws.', 'Add --aws to sign in with an AWS session.');
  }
  const done = await withLock(signInLock(broker), PATIENCE_MS, async () => {
    const kept = await readTokens(broker);
    // Only STS knows whose session it is now: a profile can have other keys, and the shell too.
    const usable = !aws && kept !== null && isFresh(kept, Date.now());
    if (usable && options.force !== true) return 'already';
    await writeTokens(broker, await newTokens(broker, options, profile, err));
    forgetAllCredentials();
    return 'now';
  });
  const me = await signedIn(broker.name).get('/v1/whoami', whoami);
  if (options.json) return out.json({ broker: broker.name, signedIn: true, id: me.id });
  out.print(
    `${done === 'now' ? 'Signed in' : 'Already signed in'} to ${broker.name} as ${plain(me.name)}.`,
  );
}

async function newTokens(
  broker: NamedBroker,
  { aws, device, browser }: LoginOptions,
  profile: string | null,
  err: Terminal,
): Promise<Tokens> {
  // Imported on use: the AWS SDK and the OpenID client are large, and no sign-in needs both.
  if (aws === true) {
    return (await import('./aws-login.ts')).awsTokens(broker, { profile, region: null });
  }
  const provider = await (await import('./provider.ts')).providerOf(broker);
  const hasCodes = provider.configuration.serverMetadata().device_authorization_endpoint;
  const missing = browser ? whyNoBrowser(process.env, process.platform) : null;
  if (device === true) return withCode(provider, err);
  if (missing !== null && hasCodes !== undefined) {
    err.print(
      `Signing in with a code, because ${missing}. --no-browser prints an address instead.`,
    );
    return withCode(provider, err);
  }
  const { browserLogin } = await import('./browser-login.ts');
  const tokens = await browserLogin(provider, async (url) => {
    err.print(`Sign in with your browser. If it does not open, go to:\n${plain(url)}`);
    if (!browser || missing !== null) return true;
    return (await openInBrowser(url)) || hasCodes === undefined;
  });
  if (tokens !== null) return tokens;
  err.print('No browser opened (BROWSER names another one), so sign in with a code:');
  return withCode(provider, err);
}

async function withCode(provider: Provider, err: Terminal): Promise<Tokens> {
  const { deviceLogin } = await import('./device-login.ts');
  return deviceLogin(provider, ({ url, code, direct }) => {
    err.print(`Open ${err.paint('cyan', plain(url))} and enter ${err.paint('bold', plain(code))}`);
    if (direct !== null) err.print(`or open ${plain(direct)}`);
  });
}
