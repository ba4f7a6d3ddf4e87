import { afterAll, expect, test } from '@jest/globals';
import type { Home } from '../../support/run-command.ts';
import { ARTIFACTS, person, stack, until, vend } from '../support.ts';
import { json, shellOf } from './support.ts';

/** What an operator sees of the stack, while other tests use it. */

type Health = {
  readonly broker: object;
  readonly figures: { readonly active: number } | null;
  readonly ledger: { readonly entries: number } | null;
  readonly concerns: readonly { readonly what: string }[];
  readonly unread: readonly { readonly what: string }[];
};

const homes: Home[] = [];
afterAll(() => {
  for (const home of homes) home.remove();
});

async function asked(groups: readonly string[]) {
  const home = await shellOf(groups);
  homes.push(home);
  return async () => {
    const { code, out } = await home.run(['status', '--operator', '--json']);
    return { code, health: json<Health>(out) };
  };
}

test('security sees figures, ledger, bundle and who is suspended', async () => {
  const { grant } = await vend(await person(['platform']), ARTIFACTS);
  const ask = await asked(['security']);
  const { code, health } = await until('the grant is counted and in the ledger', async () => {
    const now = await ask();
    const { figures, ledger } = now.health;
    return (figures?.active ?? 0) > 0 && (ledger?.entries ?? 0) > 0 ? now : null;
  });
  const { bundle } = grant.decision;
  expect(health.broker).toEqual({ url: stack().apiUrl, apiVersion: 'v1', bundle });
  expect(health.unread).toEqual([]);
  expect(health.concerns.filter(({ what }) => what === 'broker')).toEqual([]);
  expect(code).toBe(health.concerns.length === 0 ? 0 : 1);
});

test('who may neither audit nor administer is told so, and not that all is well', async () => {
  const ask = await asked(['platform']);
  const { code, health } = await ask();
  expect(code).toBe(4);
  expect(health.unread.map(({ what }) => what)).toEqual([
    'figures',
    'ledger',
    'suspended principals',
  ]);
});
