import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { ExportedFile } from '../../core/evidence/manifest.ts';

/** Files of an export, with what the manifest says of them. */

/** A file that grows record by record, and is never whole in memory. */
export type HashedFile = {
  readonly add: (record: string) => RecordPlace;
  /** Writes what still waits. */
  readonly flush: () => void;
  readonly rows: () => number;
  readonly close: () => ExportedFile;
};

/** Where a record is in its file, in bytes. */
export type RecordPlace = { readonly at: number; readonly length: number };

const CHUNK = 64 * 1024;

/** @param header What the file begins with, which is no record. */
export function hashedFile(folder: string, path: string, header = ''): HashedFile {
  const file = openSync(join(folder, path), 'wx');
  const hash = createHash('sha256');
  let [waiting, rows, size] = [header, 0, Buffer.byteLength(header)];
  const flush = (): void => {
    const bytes = Buffer.from(waiting);
    hash.update(bytes);
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    waiting = '';
  };
  return {
    add: (record) => {
      const place = { at: size, length: Buffer.byteLength(record) };
      waiting += record;
      rows += 1;
      size += place.length;
      if (waiting.length >= CHUNK) flush();
      return place;
    },
    flush,
    rows: () => rows,
    close: () => {
      flush();
      closeSync(file);
      return { path, rows, sha256: hash.digest('hex') };
    },
  };
}

/** Writes a file at once, which is no table. */
export function writeWhole(
  folder: string,
  path: string,
  content: string | Uint8Array,
): ExportedFile {
  writeFileSync(join(folder, path), content, { flag: 'wx' });
  return { path, rows: null, sha256: createHash('sha256').update(content).digest('hex') };
}

/** The SHA-256 of a file, which is never whole in memory. */
export function hashOf(path: string): string {
  const hash = createHash('sha256');
  const file = openSync(path, 'r');
  const chunk = Buffer.alloc(64 * 1024);
  try {
    for (let read = 1; read > 0; ) {
      read = readSync(file, chunk);
      hash.update(chunk.subarray(0, read));
    }
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}
