import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DemoClients } from './demo-clients.ts';
import type { Story } from './demo-story.ts';
import type { Mailbox } from './drill-mailbox.ts';
import type { LocalState } from './state-folder.ts';

/** Who takes part in the attack drill, and what its steps share. */

export type Scene = {
  readonly story: Story;
  readonly clients: DemoClients;
  readonly mailbox: Mailbox;
  /** Tokens. The thief’s was Ana’s; she signs in again. Kim and Lee approve, Zoe is security. */
  readonly tokens: Readonly<Record<'thief' | 'ana' | 'kim' | 'lee' | 'zoe', string>>;
  /** Stops the drill. */
  readonly signal: AbortSignal;
};

/** What the thief wants. */
export const TABLE = {
  entitlement: 'database-admin',
  parameters: { table: 'orders' },
  durationSeconds: 900,
  justification: 'Fix an order',
};

export type Json = Readonly<Record<string, unknown>>;

const PATIENCE_MS = 90_000;

export async function withPeople(others: Omit<Scene, 'tokens'>): Promise<Scene> {
  const { clients } = others;
  const ana = () => clients.person('ana', ['platform', 'developers'], { amr: ['mfa'] });
  const tokens = {
    thief: await ana(),
    ana: await ana(),
    kim: await clients.person('kim', ['database']),
    lee: await clients.person('lee', ['database']),
    zoe: await clients.person('zoe', ['security']),
  };
  return { ...others, tokens };
}

/** Creates, as the account's root, the tables that production has. */
export async function makeTables({ emulatorUrl, region, accountId }: LocalState): Promise<void> {
  const credentials = { accessKeyId: accountId, secretAccessKey: 'local' };
  const dynamo = new DynamoDBClient({ endpoint: emulatorUrl, region, credentials });
  for (const TableName of ['orders', 'customers']) {
    await dynamo.send(
      new CreateTableCommand({
        TableName,
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
  }
}

/** Looks until `look` finds something. @throws Error with `what` if it does not. */
export async function until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
  for (const begun = Date.now(); Date.now() < begun + PATIENCE_MS; await sleep(100)) {
    const found = await look();
    if (found !== null) return found;
  }
  throw new Error(`Not within ${PATIENCE_MS / 1000} s: ${what}`);
}

export function secondsSince(begun: number, at = Date.now()): string {
  return `${((at - begun) / 1000).toFixed(1)} s`;
}

export type Figures = {
  readonly outcomes: Readonly<Record<'allow' | 'approve' | 'deny', number>>;
  readonly timeToRevokeMs: { readonly count: number; readonly max: number | null };
  readonly signals: readonly {
    readonly kind: string;
    readonly principal: { readonly id: string };
  }[];
  readonly suspended: number;
};

/** The figures, once they say what is waited for: they come seconds after what they count. */
export function figuresWhen(
  { clients, tokens }: Scene,
  what: string,
  isTrue: (figures: Figures) => boolean,
): Promise<Figures> {
  return until(what, async () => {
    const figures = (await clients.call(200, 'GET', '/v1/stats', tokens.zoe)) as unknown as Figures;
    return isTrue(figures) ? figures : null;
  });
}

export function hasSignal({ signals }: Figures, kind: string, id: string): boolean {
  return signals.some((signal) => signal.kind === kind && signal.principal.id === id);
}
