import { describe, expect, test } from '@jest/globals';
import { judgeEntitlement } from '../../../core/usage/judge-entitlement.ts';
import type { GrantRead } from '../../../core/usage/merge-uses.ts';
import {
  ACCOUNT,
  BEGIN,
  called,
  grantRead,
  LOGS,
  MEANING,
  record,
  refused,
  SECOND,
  usageOf,
} from './usage-world.ts';

const STATEMENTS = [{ Effect: 'Allow', Action: ['s3:*', 'kms:*'], Resource: ['*'] }] as const;
const id = (number: number) => `gr_${String(number).padStart(20, '0')}`;
const judged = (...grants: readonly GrantRead[]) =>
  judgeEntitlement(
    { statements: STATEMENTS, meaning: MEANING, logs: [LOGS], accounts: [ACCOUNT] },
    { entitlement: 'artifacts-read', days: 30, grants },
  );

describe('the usage of an entitlement', () => {
  test('is that of all its grants', () => {
    const usage = judged(
      grantRead([record(), refused('s3:GetObject')], { id: id(1) }),
      grantRead([called('kms:Decrypt', { at: BEGIN + SECOND })], { id: id(2) }),
      grantRead([], { id: id(3), principal: 'people:ben', name: 'ben@acme.example' }),
      grantRead([], { id: id(4), usage: null, until: null }),
    );
    expect(usage).toMatchObject({
      ...{ entitlement: 'artifacts-read', days: 30, grants: 4, idle: 1, unread: 1 },
      summary: { used: 2, granted: 5, unknown: 0 },
    });
    expect(usage.principals).toEqual([
      {
        ...{ principal: 'people:ana', name: 'ana@acme.example', grants: 3, idle: 0 },
        ...{ actions: 2, calls: 3, refused: 1, lastUse: BEGIN + 600 * SECOND },
      },
      {
        ...{ principal: 'people:ben', name: 'ben@acme.example', grants: 1, idle: 1 },
        ...{ actions: 0, calls: 0, refused: 0, lastUse: null },
      },
    ]);
  });

  test('names first who called most, and who called alike by their ids', () => {
    const by = (name: string, number: number, ...calls: Parameters<typeof grantRead>[0]) =>
      grantRead(calls, { id: id(number), principal: `people:${name}` });
    const grants = [
      by('cleo', 1, record()),
      by('ana', 2, record(), record()),
      by('ben', 3, record()),
      by('dan', 4, record(), record(), record()),
    ];
    for (const order of [grants, grants.toReversed()]) {
      expect(judged(...order).principals.map(({ principal }) => principal)).toEqual([
        ...['people:dan', 'people:ana', 'people:ben', 'people:cleo'],
      ]);
    }
  });

  test('does not count actions that were refused alone as used by anybody', () => {
    const [ana] = judged(grantRead([record(), refused('kms:Decrypt')])).principals;
    expect(ana).toMatchObject({ actions: 1, calls: 2, refused: 1 });
  });

  test('has no idle grant under which anything was called', () => {
    const idle = (...records: Parameters<typeof grantRead>[0]) => judged(grantRead(records)).idle;
    expect(idle()).toBe(1);
    expect(idle(record({ error: 'SlowDown' }))).toBe(0);
    expect(idle(called('s3:Frobnicate', { error: 'SlowDown' }))).toBe(0);
    expect(idle(refused('s3:GetObject'))).toBe(0);
  });

  test('has neither idle nor read grants that go on, or whose vend the logs lack', () => {
    const lacking = { ...grantRead([], { id: id(2) }), usage: usageOf([], { id: id(2) }) };
    const running = grantRead([], { id: id(3), until: null });
    const without = { ...grantRead([], { id: id(4) }), usage: { ...usageOf([]), vends: null } };
    const usage = judged(grantRead([], { id: id(1) }), lacking, running, without);
    expect(usage).toMatchObject({ grants: 4, idle: 2, unread: 2, principals: [{ idle: 2 }] });
    expect(usage.summary).toMatchObject({ unknown: 5 });
  });

  test('is nothing without grants', () => {
    expect(judged()).toMatchObject({
      ...{ grants: 0, idle: 0, unread: 0, principals: [] },
      summary: { used: 0, granted: 5, unknown: 5 },
    });
  });
});
