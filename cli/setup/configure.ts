import { discovery } from '../broker/answers.ts';
import {
  BROKER_NAME,
  type BrokerSettings,
  type Brokers,
  brokerUrl,
  isSafe,
  readBrokers,
  writeBrokers,
} from '../broker/brokers.ts';
import { http } from '../broker/http.ts';
import { Failure, UsageError } from '../failure.ts';
import { ask, canAsk } from '../prompts.ts';
import { plain, type Terminal } from '../terminal.ts';

export type ConfigureOptions = {
  readonly name?: string;
  readonly default?: boolean;
  readonly json: boolean;
};

/** Asks a broker who signs people in there, and remembers it: the URL is all that users need. */
export async function configure(
  given: string | undefined,
  options: ConfigureOptions,
  out: Terminal,
): Promise<void> {
  if (given === undefined && !canAsk()) throw new UsageError('Say the URL of the broker.', EXAMPLE);
  const url = brokerUrl(given ?? (await ask('URL of the broker', 'https://valetkey.acme.example')));
  const known = readBrokers();
  const name = options.name ?? nameFor(url, known);
  if (!BROKER_NAME.test(name)) {
    throw new UsageError(
      `${name} is no name for a broker.`,
      'Lower-case letters, digits, hyphens.',
    );
  }
  const settings = await discover(url);
  refuseBorrowedSignIn(settings, name, known);
  const isDefault = known === null || options.default === true;
  writeBrokers({
    default: isDefault ? name : known.default,
    brokers: { ...known?.brokers, [name]: settings },
  });
  if (options.json) return out.json({ name, ...settings, default: isDefault });
  out.print(`Configured ${out.paint('bold', name)}: ${plain(url)}`);
  out.print(`  signs in at ${plain(settings.issuer ?? 'nowhere: set VALETKEY_TOKEN')}`);
  if (!isDefault) out.print(`  use it with --broker ${name}, or VALETKEY_BROKER=${name}`);
  out.print('Next: valetkey login');
}

/** @throws Failure where there is no broker, or one that would send people astray. */
export async function discover(url: string): Promise<BrokerSettings> {
  const { status, json } = await http({ method: 'GET', url: `${url}/.well-known/valetkey` });
  const found = discovery.safeParse(json);
  if (status !== 200 || !found.success) {
    throw new Failure(
      'failed',
      `There is no Valet Key broker at ${url} (it answered ${status}).`,
      EXAMPLE,
    );
  }
  const { apiVersion, issuer, clientId, audience } = found.data;
  if (apiVersion !== 'v1') {
    throw new Failure(
      'failed',
      `The broker speaks API ${plain(apiVersion)}, this command v1.`,
      UPDATE,
    );
  }
  const safe = issuer === null || (URL.canParse(issuer) && isSafe(new URL(issuer)));
  if (!safe) throw new Failure('failed', 'The broker names an identity provider without https.');
  return { url, issuer, clientId, audience };
}

/**
 * A broker may name any identity provider, another broker's included: it would then be handed tokens
 * that open that one. So no two brokers share a sign-in.
 */
function refuseBorrowedSignIn(
  { url, issuer, clientId, audience }: BrokerSettings,
  name: string,
  known: Brokers | null,
): void {
  const twin = Object.entries(known?.brokers ?? {}).find(
    ([other, it]) =>
      other !== name &&
      it.url !== url &&
      it.issuer === issuer &&
      it.audience === audience &&
      it.clientId === clientId &&
      issuer !== null,
  );
  if (twin === undefined) return;
  throw new Failure(
    'failed',
    `${url} wants the same tokens as ${twin[0]} (${twin[1].url}), and could use them there.`,
    `Give each broker an audience of its own. If ${twin[0]} has moved: valetkey configure ${url} --name ${twin[0]}`,
  );
}

function nameFor(url: string, known: Brokers | null): string {
  const same = Object.entries(known?.brokers ?? {}).find(([, it]) => it.url === url);
  if (same !== undefined) return same[0];
  if (known === null) return 'default';
  const [first = ''] = new URL(url).hostname.split('.');
  return first.toLowerCase().replaceAll(/[^a-z0-9-]/g, '') || 'other';
}

const EXAMPLE = 'For example: valetkey configure https://valetkey.acme.example';
const UPDATE = 'Update valetkey, or ask your platform team.';
