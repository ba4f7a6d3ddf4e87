import { describe, expect, test } from '@jest/globals';
import { entryOf } from '../../../core/ledger/entry.ts';
import { placeEntries } from '../../../core/ledger/place-entries.ts';
import { verifyProof } from '../../../core/ledger/proof-file.ts';
import { proveAnyEvent, proveEvent } from '../../../core/ledger/prove-event.ts';
import { publishLog } from '../../../core/ledger/publish-log.ts';
import { err, ok } from '../../../core/result.ts';
import {
  MemoryLedgerFiles,
  MemoryLedgerStore,
  memorySigner,
} from '../../simulation/memory-ledger.ts';
import { activeIn, GOVERNED, STRANGER } from '../../support/authorities.ts';
import { unheardFailures } from '../../support/fail-each-call.ts';
import { ANA, AUDITOR, callOf, type World, world } from '../../support/memory-ports.ts';

const NO_LEDGER = { code: 'unavailable', what: 'ledger' } as const;
const signer = memorySigner(() => undefined);

/** A broker whose events are in a log, among many others. */
async function provable(broker: World, others = 0) {
  const [files, store] = [new MemoryLedgerFiles(), new MemoryLedgerStore()];
  const ledger = { files: files.port(), store: store.port(), signer };
  const more = Array.from({ length: others }, (_, at) => ({
    id: `ev_x${at}`,
    bytes: Buffer.from(JSON.stringify({ id: `ev_x${at}` })),
  }));
  const publish = async () => {
    const own = broker.events.map((event) => entryOf(event, 'events'));
    await placeEntries(ledger, [...more, ...own]);
    await publishLog(ledger);
  };
  const log = { ...files.port(), checkpoints: async () => ok({ checkpoints: [], next: null }) };
  return { publish, ports: { ...broker.ports, log, places: store.port() } };
}

describe('the proof of an event', () => {
  test.each([0, 1, 255, 256, 700])('verifies, with %d other entries', async (others) => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const { ports, publish } = await provable(broker, others);
    await publish();
    const [event] = broker.events;
    if (event === undefined) throw new Error('no event');
    const proof = await proveEvent(ports, callOf(ANA), grant.id, event.id);
    const entry = entryOf(event, 'events').bytes;
    const verified = proof.ok && verifyProof(proof.value, entry, signer.key);
    expect(verified).toMatchObject({ ok: true, value: { index: others } });
  });

  test('is not there before the event has a place, nor before it is in a checkpoint', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const { ports, publish } = await provable(broker);
    const id = broker.events[0]?.id ?? '';
    const early = err({ code: 'not-published', retryAfterSeconds: 5 });
    expect(await proveEvent(ports, callOf(ANA), grant.id, id)).toEqual(early);
    await publish();
    const placed = async () => ok(new Map([[id, 7]]));
    const unsigned = { ...ports, places: { placed } };
    expect(await proveEvent(unsigned, callOf(ANA), grant.id, id)).toEqual(early);
    expect((await proveEvent(ports, callOf(ANA), grant.id, id)).ok).toBe(true);
  });

  test('is not there for the first event after the checkpoint', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const { ports, publish } = await provable(broker);
    await publish();
    const id = broker.events[0]?.id ?? '';
    const places = { placed: async () => ok(new Map([[id, broker.events.length]])) };
    const proof = await proveEvent({ ...ports, places }, callOf(ANA), grant.id, id);
    expect(proof).toEqual(err({ code: 'not-published', retryAfterSeconds: 5 }));
  });

  test('is found on any page of the trail, beside other events', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const { ports, publish } = await provable(broker);
    await publish();
    const [event] = broker.events;
    if (event === undefined) throw new Error('no event');
    const other = { ...event, id: 'ev_other' };
    const events: typeof ports.store.events = async (_, { after }) =>
      after === null
        ? ok({ events: [other], next: 'more' })
        : ok({ events: [other, event], next: null });
    const store = { ...ports.store, events };
    const ask = (id: string) => proveEvent({ ...ports, store }, callOf(ANA), grant.id, id);
    expect((await ask(event.id)).ok).toBe(true);
    const detail = `Grant ${grant.id} has no such event. GET /v1/grants/${grant.id}/events lists its events.`;
    expect(await ask('ev_none')).toEqual(err({ code: 'not-found', detail }));
  });

  test('is not made of a file that is not there, and a mistake of ours is no missing file', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const { ports, publish } = await provable(broker, 3);
    await publish();
    const id = broker.events[0]?.id ?? '';
    const ask = (read: typeof ports.log.read) =>
      proveEvent({ ...ports, log: { ...ports.log, read } }, callOf(ANA), grant.id, id);
    expect(await ask(async () => ok(null))).toEqual(err(NO_LEDGER));
    const mistake = ask(() => Promise.reject(new Error('a mistake')));
    await expect(mistake).rejects.toThrow('a mistake');
  });

  test('fails with any read that fails', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const { ports, publish } = await provable(broker, 3);
    await publish();
    const { store, places, log } = ports;
    const ask = (some: { store: typeof store; places: typeof places; log: typeof log }) =>
      proveEvent({ ...ports, ...some }, callOf(ANA), grant.id, broker.events[0]?.id ?? '');
    expect(await unheardFailures(() => ({ store, places, log }), ask)).toEqual([]);
  });

  test('is for whoever sees the grant, and of events of that grant alone', async () => {
    const broker = world(GOVERNED);
    const grant = await activeIn(broker);
    const other = await activeIn(broker);
    const { ports, publish } = await provable(broker);
    await publish();
    const [first] = broker.events;
    const id = first?.id ?? '';
    expect((await proveEvent(ports, callOf(AUDITOR), grant.id, id)).ok).toBe(true);
    const missing = { error: { code: 'not-found' } };
    expect(await proveEvent(ports, callOf(STRANGER), grant.id, id)).toMatchObject(missing);
    expect(await proveEvent(ports, callOf(ANA), other.id, id)).toMatchObject(missing);
    expect(await proveEvent(ports, callOf(ANA), 'gr_none', id)).toMatchObject(missing);
  });

  test.each(['read', 'checkpoint'] as const)(
    'is an error where %s of the log fails',
    async (call) => {
      const broker = world(GOVERNED);
      const grant = await activeIn(broker);
      const { ports, publish } = await provable(broker, 3);
      await publish();
      const log = { ...ports.log, [call]: async () => err(NO_LEDGER) };
      const proof = await proveEvent(
        { ...ports, log },
        callOf(ANA),
        grant.id,
        broker.events[0]?.id ?? '',
      );
      expect(proof).toEqual(err(NO_LEDGER));
    },
  );
});

describe('the proof of an event of anybody', () => {
  test('is for whoever may audit', async () => {
    const broker = world(GOVERNED);
    await activeIn(broker);
    const { ports, publish } = await provable(broker, 300);
    await publish();
    const [event] = broker.events;
    if (event === undefined) throw new Error('no event');
    const proof = await proveAnyEvent(ports, callOf(AUDITOR), event.id);
    const verified =
      proof.ok && verifyProof(proof.value, entryOf(event, 'events').bytes, signer.key);
    expect(verified).toMatchObject({ ok: true, value: { index: 300 } });
    const refused = await proveAnyEvent(ports, callOf(ANA), event.id);
    expect(refused).toMatchObject({ ok: false, error: { code: 'forbidden' } });
  });

  test('is not found where the id is none, and nothing is read for it', async () => {
    const broker = world(GOVERNED);
    const { ports } = await provable(broker);
    const placed = () => Promise.reject(new Error('read'));
    const long = await proveAnyEvent(
      { ...ports, places: { placed } },
      callOf(AUDITOR),
      'x'.repeat(3000),
    );
    expect(long).toMatchObject({ error: { code: 'not-found' } });
  });

  test('is not there of an event that nobody recorded', async () => {
    const broker = world(GOVERNED);
    const { ports, publish } = await provable(broker, 2);
    await publish();
    expect(await proveAnyEvent(ports, callOf(AUDITOR), 'ev_nobody')).toEqual(
      err({ code: 'not-published', retryAfterSeconds: 5 }),
    );
  });
});
