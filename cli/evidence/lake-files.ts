import { closeSync, mkdirSync, openSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { eventDayOf, type Lake, lakePath } from '../../core/evidence/lake.ts';
import type { ExportedFile } from '../../core/evidence/manifest.ts';
import { ocsfPath } from '../../core/evidence/ocsf-record.ts';
import type { ClassName, OcsfVersion } from '../../core/ocsf/classes.ts';
import { columnsOf } from '../../core/ocsf/columns.ts';
import { hashOf, type RecordPlace } from './hashed-file.ts';
import { writeParquet } from './parquet-file.ts';

/**
 * The events as a custom source of Amazon Security Lake has them. They are read back from the JSON lines, a day at a
 * time, so that only their places are in memory.
 */
export type LakeFiles = {
  /** @param time In milliseconds. */
  readonly add: (name: ClassName, time: number, place: RecordPlace) => void;
  /** Writes what is left, once the JSON lines are whole. */
  readonly close: () => readonly ExportedFile[];
};

type Event = { readonly time: number; readonly place: RecordPlace };
type Days = Map<string, Event[]>;

export type LakeJob = {
  readonly folder: string;
  readonly lake: Lake;
  readonly version: OcsfVersion;
  /** Writes what of the JSON lines still waits. */
  readonly flush: () => void;
};

const DAY_MS = 86_400_000;

export function lakeFiles({ folder, lake, version, flush }: LakeJob): LakeFiles {
  const open = new Map<ClassName, Days>();
  const parts = new Map<string, number>();
  const written: ExportedFile[] = [];
  const write = (name: ClassName, day: string, events: readonly Event[]): void => {
    const part = (parts.get(`${name} ${day}`) ?? 0) + 1;
    parts.set(`${name} ${day}`, part);
    flush();
    const path = lakePath(lake, name, day, part);
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    const source = openSync(join(folder, ocsfPath(name)), 'r');
    try {
      const sorted = events.toSorted((one, other) => one.time - other.time);
      writeParquet(file, columnsOf(name, version), recordsAt(source, sorted));
    } finally {
      closeSync(source);
    }
    written.push({ path, rows: events.length, sha256: hashOf(file) });
  };
  /** Entries are nearly in the order of their time: what comes later than a day is in a file of its own. */
  const writeBefore = (name: ClassName, days: Days, day: string): void => {
    for (const [old, events] of days) {
      if (old >= day) continue;
      days.delete(old);
      write(name, old, events);
    }
  };
  return {
    add: (name, time, place) => {
      const days = open.get(name) ?? new Map<string, Event[]>();
      open.set(name, days);
      const day = eventDayOf(time);
      const events = days.get(day) ?? [];
      days.set(day, events);
      events.push({ time, place });
      writeBefore(name, days, eventDayOf(time - DAY_MS));
    },
    close: () => {
      for (const [name, days] of open) writeBefore(name, days, END_OF_TIME);
      return written.toSorted((one, other) => (one.path < other.path ? -1 : 1));
    },
  };
}

const END_OF_TIME = '99999999';

function* recordsAt(file: number, events: readonly Event[]): Generator<object> {
  for (const { place } of events) {
    const bytes = Buffer.alloc(place.length);
    readSync(file, bytes, 0, place.length, place.at);
    yield JSON.parse(bytes.toString('utf8')) as object;
  }
}
