import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UsageFold } from '../../../core/usage/fold-usage.ts';
import type { TrailRecord } from '../../../core/usage/record.ts';
import type { ReadPart } from '../../../core/usage/usage-ports.ts';
import type { GrantUsage } from '../../../core/usage.ts';
import { draws } from '../../support/draws.ts';
import {
  asPart,
  BEGIN,
  BROKER,
  CHAINED,
  called,
  GRANT,
  MEANING,
  READING,
  ROLE,
  SECOND,
  wantedGrant,
} from './usage-world.ts';

const OTHER = `gr_${'1'.repeat(20)}`;

const recordArbitrary: fc.Arbitrary<TrailRecord> = fc
  .record({
    action: fc.constantFrom(
      's3:GetObject',
      's3:CopyObject',
      'kms:Decrypt',
      'sts:AssumeRole',
      'x:Y',
    ),
    id: fc.integer({ min: 0, max: 30 }),
    isShared: fc.boolean(),
    at: fc.integer({ min: -10, max: 4000 }),
    error: fc.constantFrom(null, 'AccessDenied', 'NoSuchKey', 'SlowDown'),
    grant: fc.constantFrom(GRANT, OTHER, `gr_${'2'.repeat(20)}`),
    role: fc.constantFrom(ROLE, CHAINED, BROKER, null),
    key: fc.integer({ min: 0, max: 40 }),
    ip: fc.constantFrom('192.0.2.1', '198.51.100.1', 'AWS Internal', null),
    via: fc.constantFrom(null, 'athena.amazonaws.com'),
  })
  .map(({ action, id, isShared, at, error, grant, role, key, ip, via }) => ({
    ...called(action, { error, role, sourceIp: ip, invokedBy: via }),
    ...{ eventId: `e${id}`, sharedEventId: isShared ? `s${id}` : null },
    ...{ at: BEGIN + at * SECOND, sourceIdentity: `p.${grant}` },
    givesIdentity: action === 'sts:AssumeRole' && role !== ROLE && role !== CHAINED,
    resources: [{ arn: `arn:aws:s3:::acme/${key}`, type: null }],
    request: { roleArn: ROLE, ...(role !== CHAINED && { sourceIdentity: `p.${grant}` }) },
  }));

/** As CloudTrail does: what has the same id is the same record. */
const recordsArbitrary = fc
  .array(recordArbitrary, { maxLength: 60, size: 'max' })
  .map((records) => [...new Map(records.map((one) => [one.eventId, one])).values()]);

/** The record that the other account gets of the same call. */
const double = (one: TrailRecord): TrailRecord =>
  one.sharedEventId === null
    ? one
    : { ...one, eventId: `${one.eventId}-2`, account: '444455556666' };

function folded(parts: readonly ReadPart[]): readonly GrantUsage[] {
  const grants = [wantedGrant(), wantedGrant({ id: OTHER, expiresAt: null, endedAt: null })];
  const fold = new UsageFold(MEANING, grants, READING);
  for (const part of parts) fold.add(part);
  return [fold.usageOf(GRANT), fold.usageOf(OTHER)];
}

/** All but what was read to get there. */
const calls = (parts: readonly ReadPart[]) =>
  folded(parts).map(({ read: { duplicates, files, ...read }, ...usage }) => ({ ...usage, read }));

describe('the usage of grants', () => {
  test('is the same in whatever order records come, and however often', () => {
    fc.assert(
      fc.property(
        recordsArbitrary.chain((records) =>
          fc.tuple(
            fc.constant(records),
            fc.shuffledSubarray(records, { minLength: records.length }),
            fc.subarray(records),
          ),
        ),
        ([records, shuffled, again]) => {
          const expected = calls(records.map(asPart));
          expect(calls([...again.map(double), ...shuffled, ...again].map(asPart))).toEqual(
            expected,
          );
        },
      ),
      { numRuns: draws(200) },
    );
  });

  test('is the same over however many files the records are spread', () => {
    fc.assert(
      fc.property(recordsArbitrary, fc.array(fc.nat(60), { maxLength: 5 }), (records, cuts) => {
        const file = (length: number): ReadPart => ({
          ...{ kind: 'file', name: 'x', bytes: length * 100, records: length },
        });
        const bounds = [0, ...cuts.map((cut) => Math.min(cut, records.length)), records.length];
        const sorted = bounds.toSorted((one, other) => one - other);
        const parts = sorted.slice(1).flatMap((to, index) => {
          const some = records.slice(sorted[index], to);
          return [...some.map(asPart), file(some.length)];
        });
        expect(calls(parts)).toEqual(calls([...records.map(asPart), file(records.length)]));
      }),
      { numRuns: draws(200) },
    );
  });

  test('adds up', () => {
    fc.assert(
      fc.property(recordsArbitrary, (records) => {
        for (const { actions, calls: all, refused, unmapped, traits } of folded(
          records.map(asPart),
        )) {
          expect(refused).toBeLessThanOrEqual(all);
          expect(traits.afterEnd.refused).toBeLessThanOrEqual(traits.afterEnd.calls);
          for (const use of [...actions, ...unmapped, ...traits.networks, ...traits.agents]) {
            expect(use.refused).toBeLessThanOrEqual(use.calls);
            expect(use.calls).toBeLessThanOrEqual(all);
          }
          for (const use of actions) {
            const named = use.resources.reduce((sum, one) => sum + one.calls, 0);
            expect(named + use.unnamedCalls).toBeLessThanOrEqual(use.calls);
            expect(use.first).toBeLessThanOrEqual(use.last);
          }
        }
      }),
      { numRuns: draws(200) },
    );
  });
});
