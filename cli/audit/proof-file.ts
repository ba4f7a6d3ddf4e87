import { readFileSync } from 'node:fs';
import { parseProof } from '../../core/ledger/proof-file.ts';
import { ok } from '../../core/result.ts';
import { Failure } from '../failure.ts';
import { plain, type Terminal } from '../terminal.ts';
import { entries } from './explain-fault.ts';
import type { Log } from './log.ts';
import { givenKey, keyForCopy } from './log-key.ts';
import type { Where } from './open-log.ts';
import { type Proven, proven } from './proven.ts';
import { demandSame } from './same-log.ts';
import { demandWitnesses, showWitnesses, witnessesJson, witnessKeys } from './witnesses.ts';

/** `valetkey audit verify --from FILE`: a proof that `audit proof` saved, without a network. */
export async function verifyProofFile(
  path: string,
  { key, broker, json, witness }: Where & { readonly json: boolean },
  out: Terminal,
): Promise<void> {
  const known = key === undefined ? await keyForCopy(broker) : givenKey(key);
  const log = { ...known, place: path, broker: null, read: async () => ok(null) };
  const found = await provenIn(path, log);
  const { index, checkpoint, entry } = found;
  const coverages = await demandWitnesses(log, found, witnessKeys(witness), null);
  const line = Buffer.from(entry).toString('utf8');
  const { size } = checkpoint;
  if (json) {
    const witnesses = witnessesJson(coverages);
    const known = { origin: log.key.name, vkey: log.vkey, witnesses };
    out.json({ ok: true, ...known, index, size, entry: line });
    return;
  }
  out.print(
    `${path} ${out.paint('green', 'verifies')}: this is entry ${index} of ${log.key.name}, which had ${entries(size)}`,
  );
  showWitnesses(coverages, out);
  out.print(plain(line));
}

/** @throws Failure if the proof in a file does not verify. */
export async function provenIn(path: string, log: Log): Promise<Proven> {
  const text = readFileSync(path, 'utf8');
  const found = proven(text, [entryIn(text, path)], log, 'The entry');
  // Of two sizes a proof says nothing; of one size there is one log.
  if (log.before?.checkpoint.size === found.checkpoint.size) {
    await demandSame(log, found, log.before);
  }
  return found;
}

function entryIn(text: string, path: string): Uint8Array {
  const proof = parseProof(text);
  if (proof === null) {
    throw new Failure(
      'failed',
      `${path} is no proof of a ledger, or was changed.`,
      'A proof begins with the line c2sp.org/tlog-proof@v1. Save one: valetkey audit proof GRANT EVENT --out FILE',
    );
  }
  if (proof.extra !== undefined) return proof.extra;
  throw new Failure(
    'failed',
    `${path} is a proof without its entry.`,
    'Save it with the entry: valetkey audit proof GRANT EVENT --out FILE',
  );
}
