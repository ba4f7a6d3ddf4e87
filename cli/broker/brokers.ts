import { join } from 'node:path';
import * as z from 'zod/mini';
import { Failure, UsageError } from '../failure.ts';
import { homeFolder } from '../folders.ts';
import { readPrivate, writePrivate } from '../private-file.ts';

/** The brokers that `configure` was told of, each under a name of the user's. */

const broker = z.object({
  url: z.string(),
  /** Who signs people in there: pinned when the broker was configured. */
  issuer: z.nullable(z.string()),
  clientId: z.nullable(z.string()),
  audience: z.nullable(z.string()),
});
const file = z.object({ default: z.string(), brokers: z.record(z.string(), broker) });

export type BrokerSettings = z.infer<typeof broker>;
export type NamedBroker = BrokerSettings & { readonly name: string };
export type Brokers = z.infer<typeof file>;

export const BROKER_NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** @throws Failure when the file is there and is not what `configure` writes. */
export function readBrokers(): Brokers | null {
  const path = settingsFile();
  const text = readPrivate(path);
  if (text === null) return null;
  const parsed = file.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const mend = 'Remove it, and run `valetkey configure URL` again.';
  throw new Failure('failed', `${path} is not what \`valetkey configure\` writes.`, mend);
}

export function writeBrokers(brokers: Brokers): void {
  writePrivate(settingsFile(), `${JSON.stringify(brokers, null, 2)}\n`);
}

/** The broker that a command means: `--broker` (or VALETKEY_BROKER), else the default one. */
export function chosenBroker(wanted: string | undefined): NamedBroker {
  if (wanted?.includes('://') === true) return byUrl(brokerUrl(wanted));
  const known = readBrokers();
  if (known === null) {
    const mend = 'Run `valetkey configure URL`; your platform team knows the URL.';
    throw new UsageError('No broker is configured.', mend);
  }
  const name = wanted ?? known.default;
  const settings = Object.hasOwn(known.brokers, name) ? known.brokers[name] : undefined;
  if (settings !== undefined) return { ...settings, name };
  const names = Object.keys(known.brokers).join(', ');
  throw new UsageError(`There is no broker named ${name}.`, `Configured are: ${names}.`);
}

/**
 * A broker's address: https, or http on loopback for the local stack.
 *
 * @throws UsageError
 */
export function brokerUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw new UsageError(`${text} is not a URL.`, EXAMPLE);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new UsageError('The URL may hold no user, password, query or fragment.', EXAMPLE);
  }
  if (!isSafe(url)) throw new UsageError('The URL must begin with https://.', EXAMPLE);
  return url.href.replace(/\/+$/, '');
}

/** Whether nobody on the way can read along. */
export function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

export function isLoopback(hostname: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

/** A configured one of that address, else one that is used with a token from elsewhere (CI). */
function byUrl(url: string): NamedBroker {
  const found = Object.entries(readBrokers()?.brokers ?? {}).find(([, it]) => it.url === url);
  if (found !== undefined) return { ...found[1], name: found[0] };
  return { name: new URL(url).host, url, issuer: null, clientId: null, audience: null };
}

function settingsFile(): string {
  return join(homeFolder(), 'config.json');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const EXAMPLE = 'For example: valetkey configure https://valetkey.acme.example';
