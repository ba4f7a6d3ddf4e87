import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Unavailable } from '../../core/failure.ts';
import type { Checkpoint } from '../../core/ledger/checkpoint.ts';
import { decodeBundle, TILE_WIDTH, tilePath } from '../../core/ledger/tiles.ts';
import { verifyLog } from '../../core/ledger/verify-log.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { type NoteKey, parseVerifierKey } from '../../core/signed-note.ts';
import { run } from '../process.ts';
import type { LocalState } from '../state-folder.ts';
import type { Person } from './answer.ts';
import type { Client } from './client.ts';
import type { History } from './history.ts';

/** There is one ledger, which only grows: looked at again and again, and each time with what was seen before. */

const AUDITOR: Person = { sub: 'max', groups: ['security'] };
const EVERY_MS = 15_000;
/** The ledger looks for events that no notice came for every five minutes, if they are three minutes old. */
const PATIENCE_MS = 600_000;
const GO_PROGRAM = fileURLToPath(new URL('../../test/clients/ledger', import.meta.url));

export class OneLog {
  private readonly client: Client;
  private readonly history: History;
  private readonly key: NoteKey;
  private readonly vkey: string;
  private seen: Checkpoint | null = null;
  private first: string | null = null;
  looks = 0;

  private constructor(client: Client, history: History, vkey: string, key: NoteKey) {
    this.client = client;
    this.history = history;
    this.vkey = vkey;
    this.key = key;
  }

  static async of(state: LocalState, client: Client, history: History): Promise<OneLog> {
    const answer = await fetch(`${state.apiUrl}/.well-known/valetkey`);
    const { ledger } = (await answer.json()) as { readonly ledger: { readonly vkey: string } };
    const key = parseVerifierKey(ledger.vkey);
    if (key === null) throw new Error(`${ledger.vkey} is no key of a ledger`);
    return new OneLog(client, history, ledger.vkey, key);
  }

  async run(until: AbortSignal): Promise<void> {
    while (!until.aborted) {
      await this.look();
      await sleep(EVERY_MS, undefined, { signal: until }).catch(() => undefined);
    }
  }

  /** @returns how many entries it verified; null where the ledger cannot be read now */
  async look(): Promise<number | null> {
    const note = await this.read('checkpoint');
    if (note === null) return null;
    const text = Buffer.from(note).toString();
    // The files of the checkpoint that was read, also where a newer one comes meanwhile.
    const verified = await verifyLog({
      read: (path) => (path === 'checkpoint' ? Promise.resolve(ok(note)) : this.result(path)),
      key: this.key,
      before: this.seen,
    });
    if (!verified.ok) {
      if (verified.error.code === 'unavailable') return null;
      this.history.violation(
        'all',
        `the ledger does not verify: ${JSON.stringify(verified.error)}`,
      );
      return null;
    }
    this.looks += 1;
    this.first ??= text;
    this.seen = verified.value;
    return verified.value.size;
  }

  /** Every event has one entry. */
  async judgeEntries(ids: readonly string[]): Promise<void> {
    const wanted = new Set(ids);
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const entries = (await this.look()) === null ? [] : await this.entries();
      const counts = new Map<string, number>();
      for (const id of entries) counts.set(id, (counts.get(id) ?? 0) + 1);
      const twice = [...counts].filter(([, count]) => count > 1).map(([id]) => id);
      if (twice.length > 0) this.history.violation('all', `entered twice: ${twice.join(', ')}`);
      const missing = [...wanted].filter((id) => !counts.has(id));
      if (missing.length === 0) return;
      if (Date.now() > deadline) {
        const some = missing.slice(0, 5).join(', ');
        this.history.violation('all', `${missing.length} events have no entry, such as ${some}`);
        return;
      }
      await sleep(2000);
    }
  }

  /** Go’s code for its checksum database judges as well, where there is Go. @returns what it said */
  async judgeWithGo({ apiUrl }: LocalState, folder: string): Promise<string> {
    const program = join(folder, 'ledger');
    try {
      await run('go', ['build', '-o', program, '.'], { cwd: GO_PROGRAM });
    } catch {
      return 'not asked: there is no Go here, or no module proxy';
    }
    const before = join(folder, 'first-checkpoint');
    writeFileSync(before, this.first ?? '');
    const env = { ...process.env, LEDGER_TOKEN: await this.client.token(AUDITOR) };
    const args = ['log', `${apiUrl}/v1/audit/ledger`, this.vkey, before];
    const said = await run(program, args, { env }).catch((error: unknown) => String(error));
    if (!said.startsWith('accepted: '))
      this.history.violation('all', `x/mod says of the ledger: ${said}`);
    return said.trim();
  }

  private async entries(): Promise<readonly string[]> {
    const size = this.seen?.size ?? 0;
    const found: string[] = [];
    for (let index = 0; index * TILE_WIDTH < size; index += 1) {
      const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH);
      const bundle = decodeBundle(
        (await this.read(tilePath({ level: 'entries', index, width }))) ?? new Uint8Array(),
      );
      if (!bundle.ok) continue;
      for (const entry of bundle.value) {
        found.push(String((JSON.parse(Buffer.from(entry).toString()) as { id: unknown }).id));
      }
    }
    return found;
  }

  private async result(path: string): Promise<Result<Uint8Array | null, Unavailable>> {
    try {
      return ok(await this.client.file(AUDITOR, path));
    } catch {
      // While a fault lasts it need not be answered.
      return err({ code: 'unavailable', what: 'ledger' });
    }
  }

  private async read(path: string): Promise<Uint8Array | null> {
    const found = await this.result(path);
    return found.ok ? found.value : null;
  }
}
