import { generateKeyPairSync, sign } from 'node:crypto';
import { openCheckpoint } from '../../core/ledger/checkpoint.ts';
import type { Witness, WitnessAnswer } from '../../core/ledger/cosign-log.ts';
import { cosignedText } from '../../core/ledger/cosignature.ts';
import { isConsistent, type TreeHead } from '../../core/ledger/verify-proofs.ts';
import { keyIdOf, type NoteKey, splitNote, verifierKey } from '../../core/signed-note.ts';

/** A witness as c2sp.org/tlog-witness has it, which remembers one log. */
export type TestWitness = Witness & {
  readonly vkey: string;
  /** What it saw last. */
  readonly state: { seen: TreeHead | null };
  readonly bodies: readonly string[];
  readonly answer: (body: string) => WitnessAnswer;
};

export function testWitness(
  log: NoteKey,
  name = 'witness.example/w1',
  clock = (asked: number): number => 1_795_000_000 + asked,
): TestWitness {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
  const key: NoteKey = { name, publicKey: raw };
  const state: { seen: TreeHead | null } = { seen: null };
  const bodies: string[] = [];
  const cosigned = (note: string): WitnessAnswer => {
    const parts = splitNote(note);
    if (!parts.ok) throw new Error('no note');
    const seconds = clock(bodies.length);
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(BigInt(seconds));
    const signature = sign(null, Buffer.from(cosignedText(parts.value.text, seconds)), privateKey);
    const bytes = Buffer.concat([keyIdOf(key, 'cosignature'), time, signature]);
    return { status: 200, body: `— ${name} ${bytes.toString('base64')}\n` };
  };
  const answer = (body: string): WitnessAnswer => {
    bodies.push(body);
    const end = body.indexOf('\n\n');
    const [first = '', ...lines] = body.slice(0, end).split('\n');
    const note = body.slice(end + 2);
    const opened = openCheckpoint(note, log);
    if (!opened.ok) return { status: 403, body: '' };
    const old = Number(/^old (\d+)$/.exec(first)?.[1] ?? Number.NaN);
    const size = state.seen?.size ?? 0;
    if (old !== size) return { status: 409, body: `${size}\n` };
    const proof = lines.map((line) => Buffer.from(line, 'base64'));
    const before = state.seen;
    if (before !== null && !isConsistent(before, opened.value, proof)) {
      return { status: 422, body: '' };
    }
    state.seen = { size: opened.value.size, root: opened.value.root };
    return cosigned(note);
  };
  const vkey = verifierKey(key, 'cosignature');
  return { key, vkey, state, bodies, answer, add: async (body) => answer(body) };
}

/** A checkpoint with the cosignature of a witness that never saw the log. */
export function cosigned(note: string, witness: TestWitness): string {
  witness.state.seen = null;
  return `${note}${witness.answer(`old 0\n\n${note}`).body}`;
}
