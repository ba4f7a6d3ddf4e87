import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { eventJson } from '../../../core/api/wire.ts';
import { GOVERNED } from '../../support/authorities.ts';
import {
  ANA,
  deployment,
  entryBytesOf,
  SESSION,
  time,
  trailOf,
} from '../../support/evidence-trail.ts';
import { TELL_HELD, type Usage, usageOf } from '../../support/process-usage.ts';
import { recordedExports } from '../../support/recorded-exports.ts';
import { newHome } from '../../support/run-command.ts';
import { ledgerOf, newSigner } from '../../support/test-ledger.ts';
import { type Answers, ledgerBroker } from '../audit/ledger-broker.ts';

/** Garbage is collected all the time, which takes long where the processor has other work. */
const BUSY_MS = 600_000;

test(
  'an export and its verification hold as much for five times as many grants',
  async () => {
    const few = await measure(600);
    const many = await measure(3000);
    const most = (many.megabytes - few.megabytes) / 2;
    expect(many.export.heldMegabytes).toBeLessThan(few.export.heldMegabytes + most);
    expect(many.verify.heldMegabytes).toBeLessThan(few.verify.heldMegabytes + most);
  },
  BUSY_MS,
);

test('the memory of a command is measured without that of its parent', async () => {
  const home = newHome();
  try {
    const { peakMegabytes: before } = await usageOf(home, ['--version'], {});
    const own = Buffer.alloc(3 * before * 1e6, 1);
    const { peakMegabytes: after } = await usageOf(home, ['--version'], {});
    expect(own.at(-1)).toBe(1);
    expect(after).toBeLessThan(2 * before);
  } finally {
    home.remove();
  }
});

type Measured = {
  /** Of the ledger. */
  readonly megabytes: number;
  readonly export: Usage;
  readonly verify: Usage;
};

async function measure(grants: number): Promise<Measured> {
  const { entries, answers } = ledgerWith(grants);
  const signer = newSigner();
  const files = ledgerOf(entries, signer);
  const broker = await ledgerBroker(signer.vkey);
  broker.serve(files, { ...answers, ...recordedExports(files, signer) });
  const out = join(broker.home.folder, 'evidence');
  const usage = (...args: readonly string[]) => usageOf(broker.home, args, broker.env, TELL_HELD);
  try {
    const days = ['--from', '2026-11-20', '--to', '2026-11-20', '--sample', '5', '--seed', 'x'];
    const made = await usage('evidence', 'export', ...days, '--out', out);
    const verified = await usage('audit', 'verify', '--from', out, '--key', signer.vkey);
    const bytes = entries.reduce((sum, { length }) => sum + length, 0);
    return { megabytes: bytes / 1e6, export: made, verify: verified };
  } finally {
    await broker.close();
  }
}

const DAY_MS = 86_400_000;
const BUNDLE = deployment(GOVERNED, time('01T10:00:00'), ['the first bundle']);

/** Texts are long, so that few grants have many bytes: three of four fit into an entry, of the fourth it has the hash. */
function ledgerWith(grants: number) {
  const entries = [entryBytesOf(BUNDLE.event)];
  const trails = Array.from({ length: grants }, (_, number) => {
    const at = time('20T00:00:00') + Math.floor((number / grants) * DAY_MS);
    const justification = 'x'.repeat(number % 4 === 0 ? 60_000 : 15_500);
    const { id, requested, next } = trailOf(at, { justification });
    const vended = next({ type: 'vended', session: SESSION }, at + 1000, 'active', ANA);
    const expired = next({ type: 'expired' }, at + 901_000, 'expired');
    entries.push(...[requested, vended, expired].map(entryBytesOf));
    const body = { events: [eventJson(requested)], nextCursor: null };
    return [`GET /v1/grants/${id}/events`, { body }] as const;
  });
  const bundle = { [`GET /v1/audit/ledger/${BUNDLE.file}`]: { body: BUNDLE.bytes } };
  const answers: Answers = { ...Object.fromEntries(trails), ...bundle };
  return { entries, answers };
}
