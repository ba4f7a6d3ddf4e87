import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { GRANT_STATUSES } from '../../core/grant.ts';
import { entitlement, entitlements, grants } from '../broker/answers.ts';
import { chosenBroker, readBrokers } from '../broker/brokers.ts';
import { type Broker, brokerClient } from '../broker/client.ts';
import { isFresh, readTokens } from '../sign-in/tokens.ts';
import { type Place, placeOf } from './candidates.ts';

type Value = Extract<Place, { kind: 'value' }>;

/** How long a shell waits for the broker at the Tab key. */
const PATIENCE_MS = 2000;

/** What a shell may insert as it is: whatever a broker answers, it must be one word that expands to itself. */
const SAFE = /^[\w@+=:,./-]+$/;

/** The possible completions of the last word; none where the shell's own, such as files, are better. */
export async function complete(
  program: Command,
  words: readonly string[],
): Promise<readonly string[]> {
  const place = placeOf(program, words);
  if (place === null) return [];
  const typed = words.at(-1) ?? '';
  const all = place.kind === 'words' ? place.words : await inTime(valuesFor(place));
  return all
    .map((word) => place.prefix + word)
    .filter((word) => SAFE.test(word) && word.startsWith(typed));
}

/** A completion never says what went wrong: the command that is being typed will. */
async function inTime(work: Promise<readonly string[]>): Promise<readonly string[]> {
  const late = sleep(PATIENCE_MS, [], { ref: false });
  return Promise.race([work.catch(() => []), late]);
}

async function valuesFor(place: Value): Promise<readonly string[]> {
  const { what, before } = place;
  if (what === '--broker' || what === 'broker') return Object.keys(readBrokers()?.brokers ?? {});
  if (what === '--status') return GRANT_STATUSES;
  // The commands for the files of a bundle know no broker.
  if (!before.command.options.some(({ long }) => long === '--broker')) return [];
  const broker = await quietBroker(before.options['--broker']?.at(-1));
  if (broker === null) return [];
  if (what === 'entitlement' || what === '--entitlement') return entitlementIds(broker);
  if (what === '--parameter') return parametersFor(broker, place);
  if (what === 'grant' || what === '--grant') return grantIds(broker, place);
  return [];
}

/** With a token that needs no renewal: a completion is ended early, and must not lose one. */
async function quietBroker(flag: string | undefined): Promise<Broker | null> {
  const settings = chosenBroker(flag ?? process.env['VALETKEY_BROKER']);
  const given = process.env['VALETKEY_TOKEN'];
  const kept = given ? null : await readTokens(settings);
  const token = given || (kept !== null && isFresh(kept, Date.now()) ? kept.bearer : null);
  return token === null ? null : brokerClient(settings, async () => token);
}

async function entitlementIds(broker: Broker): Promise<readonly string[]> {
  const found = await broker.get('/v1/entitlements', entitlements);
  return found.entitlements.filter(({ outcome }) => outcome !== 'deny').map(({ id }) => id);
}

/** Names that are not given yet, and the values of those that list them. */
async function parametersFor(broker: Broker, { before, typed }: Value): Promise<readonly string[]> {
  const [id = ''] = before.positionals;
  if (!/^[a-z0-9-]+$/.test(id)) return [];
  const { parameters } = await broker.get(`/v1/entitlements/${id}`, entitlement);
  const given = (before.options['--parameter'] ?? []).map((pair) => pair.split('=')[0]);
  return Object.entries(parameters.properties).flatMap(([name, spec]) => {
    if (!typed.startsWith(`${name}=`)) return given.includes(name) ? [] : [`${name}=`];
    const values = spec.type === 'boolean' ? ['true', 'false'] : (spec.enum ?? []);
    return values.map((value) => `${name}=${value}`);
  });
}

const VOTES = ['approve', 'deny', 'withdraw'];
const OPEN = ['pending', 'scheduled', 'active'];

async function grantIds(broker: Broker, { what, before }: Value): Promise<readonly string[]> {
  const name = before.command.name();
  const query = VOTES.includes(name) ? 'reviewable=me' : 'requester=me';
  const found = await broker.get(`/v1/grants?${query}&limit=100`, grants);
  const statuses = what === '--grant' || name === 'release' ? ['active'] : OPEN;
  const isMeant = ({ status }: { readonly status: string }): boolean =>
    ['status', 'events', 'grant'].includes(name) || statuses.includes(status);
  return found.grants.filter(isMeant).map(({ id }) => id);
}
