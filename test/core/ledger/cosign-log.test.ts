import { describe, expect, test } from '@jest/globals';
import { cosignLog, type Witness } from '../../../core/ledger/cosign-log.ts';
import { cosignatureIn } from '../../../core/ledger/cosignature.ts';
import { placeEntries } from '../../../core/ledger/place-entries.ts';
import { publishLog } from '../../../core/ledger/publish-log.ts';
import { err, ok } from '../../../core/result.ts';
import { openNote, parseVerifierKey } from '../../../core/signed-note.ts';
import {
  MemoryLedgerFiles,
  MemoryLedgerStore,
  memorySigner,
} from '../../simulation/memory-ledger.ts';
import { unheardFailures } from '../../support/fail-each-call.ts';
import { testWitness } from '../../support/test-witness.ts';

const signer = memorySigner(() => undefined);

function log() {
  const files = new MemoryLedgerFiles();
  const store = new MemoryLedgerStore();
  const ports = { files: files.port(), store: store.port(), signer };
  let made = 0;
  const grow = async (count: number) => {
    const entries = Array.from({ length: count }, () => {
      made += 1;
      return { id: `ev_${made}`, bytes: Buffer.from(`{"n":${made}}`) };
    });
    for (let at = 0; at < count; at += 25) await placeEntries(ports, entries.slice(at, at + 25));
    await publishLog(ports);
  };
  const latest = () => files.checkpoints.at(-1) ?? '';
  return { ports, grow, files, latest };
}

describe('a witness', () => {
  test('cosigns what it never saw, and the checkpoint is published with it', async () => {
    const { ports, grow, latest, files } = log();
    await grow(7);
    const witness = testWitness(signer.key);
    expect(await cosignLog(ports, witness)).toEqual(ok(7));
    const known = cosignatureIn(latest(), witness.key);
    expect(known).toMatchObject({ ok: true, value: { seconds: 1_795_000_001 } });
    expect(openNote(latest(), [signer.key]).ok).toBe(true);
    expect(parseVerifierKey(witness.vkey, 'cosignature')).toEqual(witness.key);
    expect(parseVerifierKey(witness.vkey)).toBeNull();
    // Once is enough.
    expect(await cosignLog(ports, witness)).toEqual(ok(7));
    expect([witness.bodies.length, files.checkpoints.length]).toEqual([1, 2]);
  });

  test('gets the proof that the log grew from what it saw, and the log grows on from there', async () => {
    const { ports, grow } = log();
    const witness = testWitness(signer.key);
    for (const count of [3, 1, 300, 256]) {
      await grow(count);
      expect((await cosignLog(ports, witness)).ok).toBe(true);
    }
    expect(witness.state.seen?.size).toBe(560);
    expect(witness.bodies.map((body) => body.split('\n')[0])).toEqual([
      ...['old 0', 'old 0', 'old 3', 'old 0', 'old 4', 'old 0', 'old 304'],
    ]);
  });

  test('is one of several, each with a line of its own', async () => {
    const { ports, grow, latest } = log();
    await grow(2);
    const both = [testWitness(signer.key), testWitness(signer.key, 'other.example/w2')];
    for (const witness of both) expect((await cosignLog(ports, witness)).ok).toBe(true);
    for (const { key } of both) expect(cosignatureIn(latest(), key)).toMatchObject({ ok: true });
    expect(latest().trimEnd().split('\n')).toHaveLength(7);
  });

  test('is asked while others are: each is heard, in any order, and none waits for one that hangs', async () => {
    const { ports, grow, latest } = log();
    await grow(2);
    const all = ['w1', 'w2', 'w3'].map((name) => testWitness(signer.key, `${name}.example`));
    let asked = 0;
    let allAsked: () => void = () => undefined;
    const meeting = new Promise<void>((resolve) => {
      allAsked = resolve;
    });
    const hanging = Promise.withResolvers<null>();
    const hangs = { key: all[2]?.key ?? signer.key, add: () => hanging.promise };
    const meets = (witness: Witness): Witness => ({
      ...witness,
      add: async (body) => {
        asked += 1;
        if (asked === 2) allAsked();
        await meeting;
        return witness.add(body);
      },
    });
    const [last, ...others] = [hangs, ...all.slice(0, 2).map(meets)].map((one) =>
      cosignLog(ports, one),
    );
    expect(await Promise.all(others)).toEqual([ok(2), ok(2)]);
    for (const { key } of all.slice(0, 2)) {
      expect(cosignatureIn(latest(), key)).toMatchObject({ value: { line: expect.any(String) } });
    }
    hanging.resolve(null);
    expect(await last).toEqual(err({ code: 'no-answer' }));
  });

  test('is asked first as if it knew nothing', async () => {
    const { ports, grow, latest } = log();
    await grow(2);
    const note = latest();
    const witness = testWitness(signer.key);
    await cosignLog(ports, witness);
    expect(witness.bodies).toEqual([`old 0\n\n${note}`]);
  });

  test('cosigns again what it saw, where its line was never published', async () => {
    const { ports, grow, latest } = log();
    await grow(5);
    const witness = testWitness(signer.key);
    witness.answer(`old 0\n\n${latest()}`);
    expect(await cosignLog(ports, witness)).toEqual(ok(5));
  });

  test('is published once where two runs ask it at once', async () => {
    const { ports, grow, files } = log();
    await grow(2);
    const witness = testWitness(signer.key);
    const slow: Witness = {
      ...witness,
      add: async (body) => {
        const answer = witness.answer(body);
        witness.state.seen = null;
        await cosignLog(ports, witness);
        return answer;
      },
    };
    expect(await cosignLog(ports, slow)).toEqual(ok(2));
    expect(files.checkpoints).toHaveLength(2);
  });

  test('is not asked about a checkpoint that the log did not sign', async () => {
    const { ports, grow } = log();
    await grow(2);
    const witness = testWitness(signer.key);
    const stranger = { key: { ...signer.key, name: 'other' } };
    const done = await cosignLog({ ...ports, signer: stranger }, witness);
    expect(done).toEqual(err({ code: 'unsigned' }));
    expect(witness.bodies).toEqual([]);
  });

  test('comes in vain where the checkpoint is gone', async () => {
    const { ports, grow } = log();
    await grow(2);
    let reads = 0;
    const checkpoint: typeof ports.files.checkpoint = async () => {
      reads += 1;
      return reads === 1 ? ports.files.checkpoint() : ok(null);
    };
    const files = { ...ports.files, checkpoint };
    const done = await cosignLog({ ...ports, files }, testWitness(signer.key));
    expect(done).toEqual(err({ code: 'conflict' }));
  });

  test('comes in vain where files fail', async () => {
    const witness = testWitness(signer.key);
    const begin = async () => {
      const { ports, grow } = log();
      await grow(3);
      witness.state.seen = null;
      await cosignLog(ports, witness);
      await grow(2);
      return { files: ports.files, signer: ports.signer };
    };
    expect(await unheardFailures(begin, (ports) => cosignLog(ports, witness))).toEqual([]);
  });

  test('has nothing to do before anything is published', async () => {
    const witness = testWitness(signer.key);
    expect(await cosignLog(log().ports, witness)).toEqual(ok(null));
    expect(witness.bodies).toEqual([]);
  });
});

describe('a checkpoint stays as it is', () => {
  const left = async (change: (witness: ReturnType<typeof testWitness>) => Partial<Witness>) => {
    const { ports, grow, files } = log();
    await grow(5);
    const witness = testWitness(signer.key);
    const done = await cosignLog(ports, { ...witness, ...change(witness) });
    expect(files.checkpoints).toHaveLength(1);
    return done;
  };

  test('while a witness does not answer, or refuses', async () => {
    expect(await left(() => ({ add: async () => null }))).toEqual(err({ code: 'no-answer' }));
    const refuses = () => ({ add: async () => ({ status: 404, body: 'unknown log' }) });
    expect(await left(refuses)).toEqual(err({ code: 'refused', status: 404 }));
    for (const body of ['what?', '', 'x3\n', '3x', '3\n\n', '03\n', '-3\n', '1234567890123456']) {
      const odd = () => ({ add: async () => ({ status: 409, body }) });
      expect([body, await left(odd)]).toEqual([body, err({ code: 'refused', status: 409 })]);
    }
  });

  test('where a witness saw more than there is', async () => {
    const ahead = () => ({ add: async () => ({ status: 409, body: '9\n' }) });
    expect(await left(ahead)).toEqual(err({ code: 'ahead', seen: 9, size: 5 }));
    const bare = () => ({ add: async () => ({ status: 409, body: '6' }) });
    expect(await left(bare)).toEqual(err({ code: 'ahead', seen: 6, size: 5 }));
  });

  test('where a witness saw another log', async () => {
    const forked = await left((witness) => {
      witness.state.seen = { size: 3, root: new Uint8Array(32) };
      return {};
    });
    expect(forked).toEqual(err({ code: 'refused', status: 422 }));
  });

  test('where the cosignature is by somebody else, over something else, or no line at all', async () => {
    const impostor = testWitness(signer.key, 'witness.example/w1');
    expect(await left(() => ({ add: impostor.add }))).toEqual(err({ code: 'unsigned' }));
    const lies = async (body: string, witness: ReturnType<typeof testWitness>) => {
      const { status, body: line } = witness.answer(body);
      const [dash, name, encoded = ''] = line.trimEnd().split(' ');
      const bytes = Buffer.from(encoded, 'base64');
      bytes[20] = (bytes[20] ?? 0) ^ 1;
      return { status, body: `${dash} ${name} ${bytes.toString('base64')}\n` };
    };
    const forged = await left((witness) => ({ add: (body) => lies(body, witness) }));
    expect(forged).toEqual(err({ code: 'forged', name: 'witness.example/w1' }));
    const noLine = await left(() => ({ add: async () => ({ status: 200, body: '<html>' }) }));
    expect(noLine).toMatchObject({ error: { code: 'malformed' } });
  });

  test('where it was replaced meanwhile: entries come first', async () => {
    const { ports, grow, latest } = log();
    await grow(5);
    const witness = testWitness(signer.key);
    const slow = {
      ...witness,
      add: async (body: string) => {
        await grow(1);
        return witness.answer(body);
      },
    };
    expect(await cosignLog(ports, slow)).toEqual(err({ code: 'conflict' }));
    expect(latest().split('\n')[1]).toBe('6');
    expect(await cosignLog(ports, witness)).toEqual(ok(6));
  });
});
