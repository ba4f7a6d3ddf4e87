import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { type LearnOptions, learn } from '../../../cli/usage/learn.ts';
import { recordingText } from '../../../core/usage/recording.ts';
import type { ReadPart } from '../../../core/usage/usage-ports.ts';
import { cleanUp, valetkey, written } from '../command.ts';
import { contextOf, fakeReading, grantAnswers, idOf, NOW, screen } from './fakes.ts';

const folder = mkdtempSync(join(tmpdir(), 'valetkey-learn-'));
afterAll(() => {
  cleanUp();
  rmSync(folder, { recursive: true, force: true });
});

const KEY = 'ASIAEXAMPLE000000001';
const AT = NOW - 86_400_000;
const part: ReadPart = {
  kind: 'record',
  record: {
    ...{ eventId: 'e1', sharedEventId: null, at: AT, source: 's3.amazonaws.com' },
    ...{ name: 'GetObject', region: 'eu-central-1', account: null, callerAccount: '111122223333' },
    ...{
      error: null,
      errorMessage: null,
      sourceIdentity: null,
      givesIdentity: false,
      role: null,
      sessionName: 'ana',
    },
    ...{ accessKeyId: KEY, sourceIp: null, userAgent: null, invokedBy: null, category: 'Data' },
    ...{ resources: [{ arn: 'arn:aws:s3:::acme/a', type: null }], request: {} },
  },
};
const PARTS: readonly ReadPart[] = [
  part,
  { kind: 'unreadable', place: 'a.json, record 2', why: 'is not JSON' },
  { kind: 'file', name: 'a.json', bytes: 10, records: 2 },
];

async function learned(options: Partial<LearnOptions>) {
  const grants = grantAnswers('read', 1);
  const reading = fakeReading({}, {}, PARTS);
  const context = contextOf(reading, grants);
  const shown = screen();
  const asked: LearnOptions = { logs: './trail', json: false, ...options };
  await learn(asked, { ...context, broker: () => context.broker }, shown.out);
  return shown;
}

const recording = {
  grantId: idOf(0),
  entitlement: 'read',
  accessKeyIds: [KEY],
  from: AT,
  until: AT,
};

describe('policy learn', () => {
  test.each([['./no-such-folder'], ['s4://acme/logs']])(
    'says which logs cannot be read: %s',
    async (logs) => {
      const { code, err } = await valetkey('policy', 'learn', '--session', 'ana', '--logs', logs);
      expect(code).toBe(1);
      expect(err).toContain(`Cannot read ${logs}: `);
      expect(err).toContain('Name a file or folder of CloudTrail files');
      expect(err).not.toContain('Internal error');
    },
  );

  test('prints the draft of a recording', async () => {
    const { text } = await learned({ recording: written('run.json', recordingText(recording)) });
    expect(text()).toContain('- s3:GetObject');
    expect(text()).toContain('risk: high');
    expect(text()).toContain('# - 1 record of the logs, which could not be read\n');
  });

  test('writes it with --out, says what to review, and overwrites nothing', async () => {
    const out = join(folder, 'learned.yaml');
    const { text } = await learned({ session: 'ana', out });
    expect(readFileSync(out, 'utf8')).toContain('target: arn:aws:iam::{{account}}:role/REPLACE');
    expect(text()).toContain('  - 1 record of the logs, which could not be read');
    expect(readFileSync(out, 'utf8')).toContain('# - 1 record of the logs, which');
    expect(text()).toContain('  - the role, the group of approvers');
    await expect(learned({ session: 'ana', out })).rejects.toThrow('exists');
  });

  test('takes the times that are asked for', async () => {
    const until = new Date(AT - 1).toISOString();
    await expect(learned({ session: 'ana', until })).rejects.toThrow(
      'Nothing was learned: no call of the recording is in the logs; 1 record of the logs could not be read.',
    );
    await expect(learned({ session: 'ana', from: 'monday' })).rejects.toThrow('is not a time');
  });

  test('of a grant asks the broker when it was', async () => {
    // The fake knows no grant of a record, so none of its calls is found.
    await expect(learned({ grant: idOf(0) })).rejects.toThrow('Nothing was learned');
  });

  test.each([[{}], [{ session: 'a', grant: idOf(0) }]])(
    'names what it needs: %j',
    async (options) => {
      await expect(learned(options)).rejects.toThrow(
        'Name one of --recording, --grant and --session',
      );
    },
  );

  test.each([
    ['{', 'is not JSON'],
    ['{}', 'is no recording'],
    [recordingText(recording).replace(KEY, 'a key'), 'see accessKeyIds.0'],
  ])('refuses the file %j', async (text, why) => {
    const out = join(folder, 'none.yaml');
    await expect(learned({ recording: written('bad.json', text), out })).rejects.toThrow(why);
    expect(existsSync(out)).toBe(false);
  });
});
