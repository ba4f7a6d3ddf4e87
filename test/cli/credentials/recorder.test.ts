import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { recorderOf } from '../../../cli/credentials/recorder.ts';
import { readRecording } from '../../../core/usage/recording.ts';
import { CREDENTIALS, GRANT } from '../fake-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'valetkey-recorder-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Vended = Parameters<typeof recorderOf>[0];
const first = { grant: GRANT, credentials: CREDENTIALS } as unknown as Vended;
const silent = (): void => undefined;

test('a recording has the keys of every session, each once', () => {
  const file = join(folder, 'run.json');
  const recorder = recorderOf(first, file, silent);
  const accessKeyId = 'ASIARENEWED000000002';
  recorder.begin();
  const renewed = { ...first, credentials: { ...first.credentials, accessKeyId } };
  expect(recorder.seen(renewed)).toBe(renewed);
  recorder.seen(renewed);
  recorder.end();
  expect(readRecording(readFileSync(file, 'utf8'))).toMatchObject({
    value: { grantId: GRANT.id, accessKeyIds: [CREDENTIALS.accessKeyId, accessKeyId] },
  });
});

test('a command that was never begun leaves no recording', () => {
  const file = join(folder, 'never.json');
  recorderOf(first, file, silent).end();
  expect(existsSync(file)).toBe(false);
});
