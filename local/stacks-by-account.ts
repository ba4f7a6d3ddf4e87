import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACCOUNT } from './emulator.ts';

type Manifest = {
  readonly artifacts: Readonly<
    Record<string, { readonly type: string; readonly environment?: string }>
  >;
};

/**
 * The stacks of a cloud assembly by account; stacks without an account go to the emulator's own.
 */
export function stacksByAccount(assembly: string): ReadonlyMap<string, readonly string[]> {
  const text = readFileSync(join(assembly, 'manifest.json'), 'utf8');
  const { artifacts } = JSON.parse(text) as Manifest;
  const stacks = Object.entries(artifacts).filter(
    ([, { type }]) => type === 'aws:cloudformation:stack',
  );
  const byAccount = Map.groupBy(stacks, ([, { environment = '' }]) => {
    const [, account = ''] = /^aws:\/\/([^/]+)\//.exec(environment) ?? [];
    return /^\d{12}$/.test(account) ? account : ACCOUNT;
  });
  return new Map([...byAccount].map(([account, entries]) => [account, entries.map(([id]) => id)]));
}
