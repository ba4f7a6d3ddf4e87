import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Manifest = {
  readonly artifacts: Readonly<
    Record<string, { readonly type: string; readonly environment?: string }>
  >;
};

/** Which stacks of a cloud assembly go to which account; those for any account to the emulator's own. */
export function stacksByAccount(assembly: string): ReadonlyMap<string, readonly string[]> {
  const text = readFileSync(join(assembly, 'manifest.json'), 'utf8');
  const { artifacts } = JSON.parse(text) as Manifest;
  const stacks = Object.entries(artifacts).filter(
    ([, it]) => it.type === 'aws:cloudformation:stack',
  );
  const byAccount = Map.groupBy(stacks, ([, { environment = '' }]) => {
    const [, account = ''] = /^aws:\/\/([^/]+)\//.exec(environment) ?? [];
    return /^\d{12}$/.test(account) ? account : '000000000000';
  });
  return new Map([...byAccount].map(([account, them]) => [account, them.map(([id]) => id)]));
}
