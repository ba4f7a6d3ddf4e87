import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { BUCKET } from '../demo-clients.ts';
import type { LocalState } from '../state-folder.ts';
import type { Keys } from './answer.ts';
import type { History } from './history.ts';
import type { Known, KnownGrant } from './known.ts';

/** The keys themselves, tried on AWS: the only thing that says whether they are dead. */

export type Use = 'allowed' | 'refused' | 'unknown';

const PATIENCE_MS = 5000;
const EVERY_MS = 400;
/** What the clocks of one machine may differ by between two of its processes. */
const ROUNDING_MS = 1000;

export class KeysInUse {
  private readonly state: LocalState;
  private readonly known: Known;
  private readonly history: History;
  private next = 0;
  readonly counts = { allowed: 0, refused: 0, unknown: 0 };

  constructor(state: LocalState, known: Known, history: History) {
    this.state = state;
    this.known = known;
    this.history = history;
  }

  /** Tries one grant's keys after the other, until the signal. */
  async run(until: AbortSignal): Promise<void> {
    while (!until.aborted) {
      const grants = [...this.known.grants.values()].filter(({ keys }) => keys.length > 0);
      this.next = (this.next + 1) % Math.max(1, grants.length);
      const old = grants[this.next];
      // The newest as well: what goes wrong goes wrong soon.
      for (const grant of new Set([old, grants.at(-1 - (this.next % 5))])) {
        if (grant !== undefined) await this.judge(grant);
      }
      await sleep(EVERY_MS);
    }
  }

  /** Tries all of them once. */
  async all(): Promise<void> {
    for (const grant of this.known.grants.values()) await this.judge(grant);
  }

  /** Whether any of a grant's keys are of use. */
  async live(grant: KnownGrant): Promise<boolean> {
    for (const keys of grant.keys) {
      if ((await this.use(grant.entitlement, keys)) !== 'refused') return true;
    }
    return false;
  }

  private async judge(grant: KnownGrant): Promise<void> {
    for (const keys of [...grant.keys]) {
      const begun = Date.now();
      const { deadAt, expiresAt } = grant;
      const use = await this.use(grant.entitlement, keys);
      this.counts[use] += 1;
      const about = `${grant.id} ${grant.owner.sub}`;
      const of = `its keys ${keys.accessKeyId}`;
      if (use === 'allowed') {
        this.history.note(grant.id, `${of} work`);
        if (expiresAt !== null && begun > expiresAt + ROUNDING_MS) {
          this.history.violation(about, `${of} work after its end`);
        } else if (deadAt !== null && begun > deadAt && grant.status === 'revoked') {
          this.history.violation(about, `${of} work although it was said to be ${grant.status}`);
        }
      }
      if (use === 'refused' && this.mustWork(grant)) {
        this.history.violation(about, `${of} are refused although nobody ended it`);
      }
    }
  }

  /** Looked at after the use: what ended meanwhile may be refused. */
  private mustWork({ endAsked, expiresAt, owner, status }: KnownGrant): boolean {
    return (
      status === 'active' &&
      !endAsked &&
      !this.known.everSuspended.has(owner.sub) &&
      expiresAt !== null &&
      Date.now() < expiresAt - ROUNDING_MS
    );
  }

  private async use(entitlement: string, keys: Keys): Promise<Use> {
    const { emulatorUrl: endpoint, region } = this.state;
    const { accessKeyId, secretAccessKey, sessionToken } = keys;
    const credentials = { accessKeyId, secretAccessKey, sessionToken };
    const settings = { endpoint, region, credentials, maxAttempts: 1 };
    const abortSignal = AbortSignal.timeout(PATIENCE_MS);
    try {
      if (entitlement === 'database-admin') {
        const get = { TableName: 'orders', Key: { id: { S: '4711' } } };
        await new DynamoDBClient(settings).send(new GetItemCommand(get), { abortSignal });
      } else {
        const get = { Bucket: BUCKET, Key: 'releases/2026-11/app.tgz' };
        const client = new S3Client({ ...settings, forcePathStyle: true });
        const { Body } = await client.send(new GetObjectCommand(get), { abortSignal });
        await Body?.transformToString();
      }
      return 'allowed';
    } catch (error) {
      const name = error instanceof Error ? error.name : '';
      return /^(AccessDenied|ExpiredToken)/.test(name) ? 'refused' : 'unknown';
    }
  }
}
