import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openCheckpoint } from '../../core/ledger/checkpoint.ts';
import { verifyLog } from '../../core/ledger/verify-log.ts';
import type { Coverage } from '../../core/ledger/witnessed.ts';
import { ok } from '../../core/result.ts';
import { UsageError } from '../failure.ts';
import { canDrawLive, liveLine } from '../live-line.ts';
import { signedIn } from '../sign-in/bearer.ts';
import type { Terminal } from '../terminal.ts';
import { entries } from './explain-fault.ts';
import type { Log } from './log.ts';
import { openLog, type Where } from './open-log.ts';
import { readAhead } from './read-ahead.ts';
import { failure, LogFailure, rememberLog, type Signed } from './same-log.ts';
import {
  demandWitnesses,
  earlierCheckpoints,
  showWitnesses,
  witnessesJson,
  witnessKeys,
} from './witnesses.ts';

/** `valetkey audit verify`: every entry, every tile, the signature, and what was seen before. */

export type VerifyOptions = Where & { readonly json: boolean };

/** Verifies a folder of `valetkey evidence export`. */
export type VerifyExport = (folder: string, options: VerifyOptions, out: Terminal) => Promise<void>;

export async function verify(
  options: VerifyOptions,
  verifyExport: VerifyExport,
  out: Terminal,
): Promise<void> {
  const { from, json } = options;
  const witnesses = witnessKeys(options.witness);
  if (from !== undefined && !from.includes('://')) {
    if (isFile(from)) {
      const { verifyProofFile } = await import('./proof-file.ts');
      return verifyProofFile(from, options, out);
    }
    if (isExport(from)) return verifyExport(from, options, out);
  }
  try {
    const log = await openLog(options);
    const now = await verified(log);
    const earlier = from === undefined ? earlierCheckpoints(signedIn(options.broker)) : null;
    show(log, now.checkpoint, await demandWitnesses(log, now, witnesses, earlier), json, out);
  } catch (error) {
    if (json && error instanceof LogFailure) out.json({ ok: false, ...error.finding });
    throw error;
  }
}

/** @throws UsageError if nothing is there. */
function isFile(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new UsageError(`${path} does not exist.`, 'Name a folder, a URL or a .tlog-proof file.');
  }
  return found.isFile();
}

/** Also one that lacks its manifest: that it does is what is wrong with it. */
function isExport(folder: string): boolean {
  return existsSync(join(folder, 'manifest.json')) || existsSync(join(folder, 'ledger/checkpoint'));
}

/** @throws LogFailure if anything of it does not verify. */
export async function verified(log: Log): Promise<Signed> {
  const { read, key, before } = log;
  const first = await read('checkpoint');
  const note = first.ok && first.value !== null ? Buffer.from(first.value) : null;
  const text = note?.toString('utf8') ?? null;
  const signed = text === null ? null : openCheckpoint(text, key);
  const size = signed?.ok === true ? signed.value.size : 0;
  const files = readAhead(read, size);
  const bar = progressBar();
  const result = await verifyLog({
    // The log may grow meanwhile: what is verified is this state.
    read: async (path) => (path === 'checkpoint' ? ok(note) : files(path)),
    key,
    before: before?.checkpoint ?? null,
    seen: bar.seen,
  }).finally(bar.clear);
  if (!result.ok) {
    if (result.error.code === 'unavailable') throw new Error('the log is unavailable');
    throw await failure(log, result.error, text, before, size);
  }
  const now = { note: text ?? '', checkpoint: result.value };
  await rememberLog(log, now);
  return now;
}

const DRAW_MS = 100;
const BAR = 24;

export function progressBar() {
  const line = liveLine();
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    seen: (count: number, size: number): void => {
      if (!canDrawLive() || performance.now() - drawnAt < DRAW_MS) return;
      drawnAt = performance.now();
      const share = count / size;
      const full = Math.floor(share * BAR);
      const bar = `${'█'.repeat(full)}${'░'.repeat(BAR - full)}`;
      line.draw(
        `${bar} ${Math.floor(share * 100)} %  ${count.toLocaleString('en')} of ${entries(size)}`,
      );
    },
    clear: line.clear,
  };
}

function show(
  log: Log,
  { size, root }: Signed['checkpoint'],
  coverages: readonly Coverage[],
  json: boolean,
  out: Terminal,
): void {
  const { place, key, vkey, before } = log;
  const seen = before === null ? null : { size: before.checkpoint.size, at: before.seenAt };
  if (json) {
    const hash = Buffer.from(root).toString('base64');
    const state = { size, root: hash, before: seen, witnesses: witnessesJson(coverages) };
    out.json({ ok: true, origin: key.name, vkey, ...state });
    return;
  }
  out.print(`${place} ${out.paint('green', 'verifies')}: ${entries(size)}, signed by ${key.name}`);
  showWitnesses(coverages, out);
  showSeen(log, out);
}

export function showSeen({ before, vkey }: Log, out: Terminal): void {
  if (before === null) {
    out.print(FIRST_LOOK);
    out.print(`  ${vkey}`);
    return;
  }
  out.print(`It begins with the ${entries(before.checkpoint.size)} that you saw ${before.seenAt}.`);
}

const FIRST_LOOK =
  'You see this ledger for the first time. From now on it must be the same one, grown. Compare its key with the one that your platform team publishes:';
