import type { Command } from 'commander';
import { didYouMean } from '../../core/did-you-mean.ts';
import { type Brokers, changeBrokers, readBrokers } from '../broker/brokers.ts';
import { forgetAllCredentials } from '../credential-cache/forget.ts';
import { UsageError } from '../failure.ts';
import { examples, withJson } from '../options.ts';
import { removeTokens } from '../sign-in/tokens.ts';
import { plain, type Terminal } from '../terminal.ts';

/** `brokers list` and `brokers remove`. */
export function addBrokersCommands(program: Command, out: Terminal): void {
  const brokers = program.command('brokers').description('the brokers that you configured');
  const list = brokers
    .command('list')
    .description('list your brokers, with the default one first')
    .action(({ json }: { readonly json: boolean }) => listBrokers(json, out));
  examples(withJson(list), 'valetkey brokers list');
  const remove = brokers
    .command('remove')
    .description('forget a broker, its sign-in and all cached keys; active grants stay active')
    .argument('<broker>', 'your name for the broker')
    .action((name: string, { json }: { readonly json: boolean }) => removeBroker(name, json, out));
  examples(withJson(remove), 'valetkey brokers remove test');
}

function listBrokers(json: boolean, out: Terminal): void {
  const known = readBrokers();
  const first = known?.default ?? '';
  const all = Object.entries(known?.brokers ?? {})
    .map(([name, { url, issuer }]) => ({ name, url, issuer, default: name === first }))
    .toSorted((a, b) => Number(b.default) - Number(a.default) || a.name.localeCompare(b.name));
  if (json) {
    out.json(all);
    return;
  }
  if (all.length === 0) out.print('None. Add one: valetkey configure URL');
  const width = Math.max(0, ...all.map(({ name }) => name.length));
  for (const { name, url, default: isDefault } of all) {
    const mark = isDefault ? out.paint('dim', ' (default)') : '';
    out.print(`${out.paint('bold', name.padEnd(width))}  ${plain(url)}${mark}`);
  }
}

async function removeBroker(name: string, json: boolean, out: Terminal): Promise<void> {
  let next = '';
  await changeBrokers((known) => {
    const settings = ownOf(known, name);
    const { [name]: _, ...rest } = known?.brokers ?? {};
    next = defaultAfter(known, name, Object.keys(rest));
    removeTokens({ ...settings, name });
    return { default: next, brokers: rest };
  });
  forgetAllCredentials();
  if (json) return out.json({ removed: name, default: next === '' ? null : next });
  out.print(`Removed ${name}.${next === '' ? ' No broker is left.' : ` The default is ${next}.`}`);
}

function ownOf(known: Brokers | null, name: string) {
  const settings =
    known !== null && Object.hasOwn(known.brokers, name) ? known.brokers[name] : null;
  if (settings != null) return settings;
  const names = Object.keys(known?.brokers ?? {});
  throw new UsageError(
    `No broker named "${plain(name)}" is configured${didYouMean(name, names)}.`,
    names.length === 0 ? null : `Configured: ${names.join(', ')}.`,
  );
}

/** The only one that is left becomes the default; among several, the user chooses. */
function defaultAfter(known: Brokers | null, removed: string, left: readonly string[]): string {
  if (known !== null && known.default !== removed) return known.default;
  const [only = ''] = left;
  if (left.length <= 1) return only;
  const url = known?.brokers[only]?.url ?? 'URL';
  throw new UsageError(
    `${removed} is the default broker.`,
    `Make another one the default first: valetkey configure ${url} --name ${only} --default`,
  );
}
