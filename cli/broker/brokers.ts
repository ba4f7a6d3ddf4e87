import { join } from 'node:path';
import * as z from 'zod/mini';
import { didYouMean } from '../../core/did-you-mean.ts';
import { Failure, UsageError } from '../failure.ts';
import { homeFolder } from '../folders.ts';
import { withLock } from '../lock.ts';
import { readPrivate, removePrivate, writePrivate } from '../private-file.ts';
import { plain } from '../terminal.ts';

/** The brokers that the user configured, by name. */

const broker = z.object({
  url: z.string(),
  /** The identity provider for people, pinned when the broker was configured. */
  issuer: z.nullable(z.string()),
  clientId: z.nullable(z.string()),
  audience: z.nullable(z.string()),
  /** What AWS sessions ask STS for, if that is another one. */
  awsAudience: z.optional(z.nullable(z.string())),
  /** What the provider is asked for besides `openid offline_access`, if anything. */
  scope: z.optional(z.nullable(z.string())),
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
  const text = readPrivate(settingsFile());
  if (text === null) return null;
  const { brokers, mistake } = parsed(text);
  if (mistake === null) return brokers;
  throw new Failure(
    'failed',
    `${settingsFile()} is not a valid settings file: ${mistake}.`,
    'Run `valetkey configure URL`: it keeps what can be read, and saves the broken file beside it.',
  );
}

/** Changes the settings, as one process at a time; no brokers remove the file. */
export async function changeBrokers(change: (known: Brokers | null) => Brokers): Promise<void> {
  await withLock(`${settingsFile()}.lock`, PATIENCE_MS, async () => {
    const { default: chosen, brokers } = change(readBrokers());
    const none = Object.keys(brokers).length === 0;
    const text = `${JSON.stringify({ default: chosen, brokers }, null, 2)}\n`;
    if (none) removePrivate(settingsFile());
    else writePrivate(settingsFile(), text);
  });
}

/**
 * Makes a broken settings file usable: keeps the brokers that can be read, and the file under another name.
 *
 * @returns the name; null if the file is not broken.
 */
export function mendBrokers(): string | null {
  const text = readPrivate(settingsFile());
  const { brokers, mistake } = text === null ? NOTHING : parsed(text);
  if (text === null || mistake === null) return null;
  const aside = `${settingsFile()}.broken`;
  writePrivate(aside, text);
  if (brokers === null) removePrivate(settingsFile());
  else writePrivate(settingsFile(), `${JSON.stringify(brokers, null, 2)}\n`);
  return aside;
}

type Parsed = {
  /** What can be read; null if that is no broker. */
  readonly brokers: Brokers | null;
  readonly mistake: string | null;
};

const NOTHING: Parsed = { brokers: null, mistake: null };

function parsed(text: string): Parsed {
  const value = parseJson(text);
  const whole = file.safeParse(value);
  if (whole.success) return { brokers: whole.data, mistake: null };
  if (value === null)
    return { brokers: null, mistake: text.trim() === '' ? 'it is empty' : 'it is not JSON' };
  const [issue] = whole.error.issues;
  const path = issue?.path.map(String).join('.') ?? '';
  const mistake = path === '' ? 'it is not a JSON object' : `${plain(path)} is missing or wrong`;
  const found = z.object({ brokers: z.record(z.string(), z.unknown()) }).safeParse(value);
  const readable = Object.entries(found.success ? found.data.brokers : {}).flatMap(
    ([name, one]) => {
      const read = broker.safeParse(one);
      return read.success ? [[name, read.data] as const] : [];
    },
  );
  const [first] = readable;
  const wanted = z.object({ default: z.string() }).safeParse(value);
  const chosen = readable.find(([name]) => wanted.success && name === wanted.data.default) ?? first;
  const brokers =
    chosen === undefined ? null : { default: chosen[0], brokers: Object.fromEntries(readable) };
  return { brokers, mistake };
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
  throw new UsageError(
    `No broker named "${plain(name)}" is configured${didYouMean(name, Object.keys(known.brokers))}.`,
    `Configured: ${names}.`,
  );
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

/** Longer than a change of the settings can take. */
const PATIENCE_MS = 10_000;
const EXAMPLE = 'For example: valetkey configure https://valetkey.acme.example';
