import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { CONFLICTING } from '../../../cli/credentials/child-environment.ts';
import { exportLines, SHELLS, shellOf } from '../../../cli/credentials/export-lines.ts';
import { CREDENTIALS } from '../fake-server.ts';

test('a shell has the new credentials, and no variable that would override them', () => {
  const lines = exportLines(CREDENTIALS, 'sh');
  const env = { PATH: process.env['PATH'] ?? '', AWS_PROFILE: 'other', AWS_ROLE_ARN: 'other' };
  const out = execFileSync('sh', ['-c', `${lines}\nenv`], { env, encoding: 'utf8' });
  const set = out.split('\n').filter((line) => line.startsWith('AWS_'));
  expect(set.toSorted()).toEqual([
    `AWS_ACCESS_KEY_ID=${CREDENTIALS.accessKeyId}`,
    `AWS_CREDENTIAL_EXPIRATION=${CREDENTIALS.expiration}`,
    `AWS_SECRET_ACCESS_KEY=${CREDENTIALS.secretAccessKey}`,
    `AWS_SESSION_TOKEN=${CREDENTIALS.sessionToken}`,
  ]);
});

test.each(SHELLS)('in %s every conflicting variable is set or removed', (shell) => {
  const lines = exportLines(CREDENTIALS, shell);
  for (const name of CONFLICTING) expect(lines).toMatch(new RegExp(`\\b${name}\\b`));
});

test('the named shell is used, and an unsupported one is an error', () => {
  expect(shellOf('powershell')).toBe('powershell');
  expect(() => shellOf('tcsh')).toThrow('--shell: "tcsh" is not supported.');
});
