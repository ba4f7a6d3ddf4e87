import { join } from 'node:path';
import * as z from 'zod/mini';
import { Failure, UsageError } from '../failure.ts';
import { homeFolder } from '../folders.ts';
import { readPrivate, writePrivate } from '../private-file.ts';

/** The brokers that the user configured, by name. */

const broker = z.object({
  url: z.string(),
  /** The identity provider for people, pinned when the broker was configured. */
  issuer: z.nullable(z.string()),
  clientId: z.nullable(z.string()),
  audience: z.nullable(z.string()),
  /** What AWS sessions ask STS for, if that is another one. */
  awsAudience: z.optional(z.nullable(z.string())),
});
const file = z.object({ default: z.string(), brokers: z.record(z.string(), broker) });

export type BrokerSettings = z.infer<typeof broker>;
export type NamedBroker = BrokerSettings & { readonly name: string };
export type Brokers = z.infer<typeof file>;

export const BROKER_NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

/**
 * @returns null if there is no settings file.
 * @throws Failure if the file is not in the format that `configure` writes.
 */
export function readBrokers(): Brokers | null {
  const path = settingsFile();
  const text = readPrivate(path);
  if (text === null) return null;
  const parsed = file.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new Failure(
    'failed',
    `${path} is not a valid settings file.`,
    'Delete it and run `valetkey configure URL` again.',
  );
}

export function writeBrokers(brokers: Brokers): void {
  writePrivate(settingsFile(), `${JSON.stringify(brokers, null, 2)}\n`);
}

/**
 * The broker to use: the one of `--broker` (or VALETKEY_BROKER), else the default one.
 *
 * @throws UsageError if it is not configured.
 */
export function chosenBroker(wanted: string | undefined): NamedBroker {
  if (wanted?.includes('://') === true) return byUrl(brokerUrl(wanted));
  const known = readBrokers();
  if (known === null) {
    throw new UsageError(
      'No broker is configured.',
      'Run `valetkey configure URL`; your platform team has the URL.',
    );
  }
  const name = wanted ?? known.default;
  const settings = Object.hasOwn(known.brokers, name) ? known.brokers[name] : undefined;
  if (settings !== undefined) return { ...settings, name };
  const names = Object.keys(known.brokers).join(', ');
  throw new UsageError(`No broker named "${name}" is configured.`, `Configured: ${names}.`);
}

/**
 * Checks the URL of a broker: https, or http on loopback for the local stack.
 *
 * @returns the URL without a trailing slash.
 * @throws UsageError
 */
export function brokerUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw new UsageError(`"${text}" is not a valid URL.`, EXAMPLE);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new UsageError('The URL must not have a user, password, query or fragment.', EXAMPLE);
  }
  if (!isSafe(url)) throw new UsageError('The URL must begin with https://.', EXAMPLE);
  return url.href.replace(/\/+$/, '');
}

/** Whether traffic to the URL is encrypted, or does not leave this machine. */
export function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

export function isLoopback(hostname: string): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}

/** The configured broker with that URL; else an unconfigured one, as CI jobs use it with their own token. */
function byUrl(url: string): NamedBroker {
  const configured = Object.entries(readBrokers()?.brokers ?? {});
  const found = configured.find(([, settings]) => settings.url === url);
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
