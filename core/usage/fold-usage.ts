import type { Instant } from '../instant.ts';
import type { GrantUsage } from '../usage.ts';
import { type FoldMeaning, GrantFold, type GrantToRead } from './fold-grant.ts';
import type { TrailRecord } from './record.ts';
import { TextSet } from './text-set.ts';
import type { ReadPart } from './usage-ports.ts';

export type Reading = {
  readonly source: 'files' | 'athena';
  readonly from: Instant;
  readonly until: Instant;
};

/**
 * Makes the usage of each wanted grant from what is read of the logs, part by part. Records may come in any order, late
 * and twice: a call counts once, also where the account of the resource has a record of its own.
 *
 * It keeps no record, only aggregates, and 8 to 16 bytes for each record of a wanted grant to tell doubles.
 *
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html eventID, sharedEventID
 */
export class UsageFold {
  readonly #meaning: FoldMeaning;
  readonly #reading: Reading;
  readonly #grants: ReadonlyMap<string, GrantFold>;
  readonly #seen = new TextSet();
  readonly #read = { files: 0, records: 0, bytes: 0, unreadable: 0 };

  constructor(meaning: FoldMeaning, grants: readonly GrantToRead[], reading: Reading) {
    this.#meaning = meaning;
    this.#reading = reading;
    this.#grants = new Map(grants.map((grant) => [grant.id, new GrantFold(grant, meaning)]));
  }

  add(part: ReadPart): void {
    if (part.kind === 'record') this.#addRecord(part.record);
    else if (part.kind === 'unreadable') this.#read.unreadable += 1;
    else {
      this.#read.files += 1;
      this.#read.records += part.records;
      this.#read.bytes += part.bytes;
    }
  }

  /**
   * Of one of the wanted grants, also where nothing was called under it.
   *
   * @throws RangeError for any other grant: that nothing was counted of it means nothing.
   */
  usageOf(grantId: string): GrantUsage {
    const grant = this.#grants.get(grantId);
    if (grant === undefined) throw new RangeError(`${grantId} is no wanted grant`);
    return grant.usage({ ...this.#reading, ...this.#read });
  }

  #addRecord(record: TrailRecord): void {
    const grant = this.#grants.get(this.#meaning.grantOf(record) ?? '');
    if (grant === undefined) return;
    if (!this.#seen.add(record.eventId)) grant.duplicates += 1;
    else if (record.givesIdentity) grant.addEntry(record);
    else if (this.#isFirst(record)) grant.add(record);
    else grant.duplicates += 1;
  }

  #isFirst({ sharedEventId, source, name }: TrailRecord): boolean {
    return sharedEventId === null || this.#seen.add(`${sharedEventId} ${source} ${name}`);
  }
}
