import { discovery } from '../broker/answers.ts';
import {
  BROKER_NAME,
  type BrokerSettings,
  type Brokers,
  brokerUrl,
  changeBrokers,
  isSafe,
  mendBrokers,
} from '../broker/brokers.ts';
import { http } from '../broker/http.ts';
import { Failure, UsageError } from '../failure.ts';
import { notes } from '../notes.ts';
import { canPrompt, promptText } from '../prompts.ts';
import { plain, type Terminal } from '../terminal.ts';

export type ConfigureOptions = {
  readonly name?: string;
  readonly default?: boolean;
  readonly json: boolean;
};

/** Reads a broker's settings from its URL, and stores them. */
export async function configure(
  given: string | undefined,
  options: ConfigureOptions,
  out: Terminal,
): Promise<void> {
  if (given === undefined && !canPrompt())
    throw new UsageError('No URL of a broker given.', EXAMPLE);
  if (options.name !== undefined) checkName(options.name);
  const aside = mendBrokers();
  if (aside !== null) notes.print(`The settings file was broken. It is now ${aside}.`);
  const { url, settings } = given === undefined ? await promptForBroker() : await found(given);
  let [name, isDefault] = ['', true];
  await changeBrokers((known) => {
    name = options.name ?? nameFor(url, known);
    refuseBorrowedSignIn(settings, name, known);
    isDefault = known === null || options.default === true || known.default === name;
    return {
      default: isDefault ? name : (known?.default ?? name),
      brokers: { ...known?.brokers, [name]: settings },
    };
  });
  if (options.json) return out.json({ name, ...settings, default: isDefault });
  out.print(`Configured ${out.paint('bold', name)}: ${plain(url)}`);
  out.print(
    settings.issuer === null
      ? `  no identity provider; tokens are for the audience ${plain(settings.awsAudience ?? settings.audience ?? '(unknown)')}`
      : `  identity provider: ${plain(settings.issuer)}`,
  );
  if (!isDefault) out.print(`  use it with --broker ${name} or VALETKEY_BROKER=${name}`);
  out.print(settings.issuer === null ? WITHOUT_PROVIDER : 'Next: valetkey login');
}

function checkName(name: string): void {
  if (BROKER_NAME.test(name)) return;
  throw new UsageError(
    `"${plain(name)}" is not a valid broker name.`,
    'Use lower-case letters, digits and hyphens, at most 32.',
  );
}

type Found = { readonly url: string; readonly settings: BrokerSettings };

async function found(given: string): Promise<Found> {
  const url = brokerUrl(given);
  return { url, settings: await discover(url) };
}

/** Prompts until the URL is that of a broker that answers. */
async function promptForBroker(): Promise<Found> {
  for (let before = ''; ; ) {
    before = await promptText(
      'URL of the broker',
      'https://valetkey.acme.example',
      before,
      mistakeIn,
    );
    try {
      return await found(before);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      notes.print(`${error.message}${error.hint === null ? '' : `\n${error.hint}`}`);
    }
  }
}

function mistakeIn(url: string): string | null {
  try {
    brokerUrl(url);
    return null;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return `is no URL of a broker: ${error.message.replace(/\.$/, '')}`;
  }
}

/**
 * Reads the settings that a broker publishes.
 *
 * @throws Failure if the URL is not a broker's, or its settings are not safe to use.
 */
export async function discover(url: string): Promise<BrokerSettings> {
  const { status, json } = await http({ method: 'GET', url: `${url}/.well-known/valetkey` });
  const answer = discovery.safeParse(json);
  if (status !== 200 || !answer.success) {
    throw new Failure(
      'failed',
      `${url} is not a Valet Key broker (it answered ${status}).`,
      EXAMPLE,
    );
  }
  const { apiVersion, issuer, clientId, audience, awsAudience = null, scope = null } = answer.data;
  if (apiVersion !== 'v1') {
    throw new Failure(
      'failed',
      `The broker has API version ${plain(apiVersion)}, but this command supports only v1.`,
      UPDATE_HINT,
    );
  }
  const safe = issuer === null || (URL.canParse(issuer) && isSafe(new URL(issuer)));
  if (!safe) {
    throw new Failure('failed', 'The URL of the identity provider does not start with https://.');
  }
  return { url, issuer, clientId, audience, awsAudience, scope };
}

/**
 * Refuses a broker with the same provider, client and audience as another one: it would receive tokens
 * that the other broker accepts.
 */
function refuseBorrowedSignIn(
  { url, issuer, clientId, audience }: BrokerSettings,
  name: string,
  known: Brokers | null,
): void {
  const twin = Object.entries(known?.brokers ?? {}).find(
    ([other, settings]) =>
      other !== name &&
      settings.url !== url &&
      settings.issuer === issuer &&
      settings.audience === audience &&
      settings.clientId === clientId &&
      issuer !== null,
  );
  if (twin === undefined) return;
  throw new Failure(
    'failed',
    `${url} would receive the same tokens as ${twin[0]} (${twin[1].url}), and could use them there.`,
    `Give each broker its own audience. If ${twin[0]} has moved, run: valetkey configure ${url} --name ${twin[0]}`,
  );
}

function nameFor(url: string, known: Brokers | null): string {
  const same = Object.entries(known?.brokers ?? {}).find(([, settings]) => settings.url === url);
  if (same !== undefined) return same[0];
  if (known === null) return 'default';
  const [first = ''] = new URL(url).hostname.split('.');
  const plainName =
    first
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]|^-+/g, '')
      .slice(0, 28) || 'other';
  const numbered = (number: number): string =>
    number === 1 ? plainName : `${plainName}-${number}`;
  let number = 1;
  // Another broker may have the name already.
  while (Object.hasOwn(known.brokers, numbered(number))) number += 1;
  return numbered(number);
}

const WITHOUT_PROVIDER =
  'Next: valetkey login --aws, if the broker accepts AWS sessions; else set VALETKEY_TOKEN';
const EXAMPLE = 'For example: valetkey configure https://valetkey.acme.example';
const UPDATE_HINT = 'Update valetkey, or ask your platform team.';
