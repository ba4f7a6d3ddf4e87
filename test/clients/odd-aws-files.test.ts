import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { run } from '../../local/process.ts';
import { pythonEnvironment } from '../../local/python.ts';
import { CREDENTIALS, type FakeServer, fakeServer, GRANT } from '../cli/fake-server.ts';
import { ODD_AWS_FILES, type OddFiles, OLD_KEY, writeOddFiles } from '../support/odd-aws-files.ts';
import { type Home, newHome } from '../support/run-command.ts';

/**
 * SDKs judge whether keys in files win over those of the grant: each signs a call of AWS STS, which sees whose
 * keys they are. Needs PyPI, the Go module proxy and Maven Central, so it is not part of `npm test`.
 */

const HERE = fileURLToPath(new URL('.', import.meta.url));
const EXEC = ['exec', 'artifacts-read', '--for', '15m', '--reason', 'x', '--quiet', '--'];
/** The judges, by what their user agents begin with. */
const JUDGES: Readonly<Record<string, string>> = {
  'AWS CLI': 'aws-cli',
  boto3: 'Boto3',
  'AWS SDK for JavaScript': 'aws-sdk-js',
  'AWS SDK for Go': 'aws-sdk-go-v2',
  'AWS SDK for Java': 'aws-sdk-java',
};
const IDENTITY = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
  <Arn>arn:aws:iam::111122223333:user/x</Arn><UserId>x</UserId><Account>111122223333</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>`;

let broker: FakeServer;
let sts: Server;
let seen: { readonly judge: string; readonly key: string; readonly region: string }[] = [];
let home: Home;
/** Runs all judges at once. */
let script = '';
const folders: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-judges-'));
  folders.push(folder);
  return folder;
};

beforeAll(async () => {
  broker = await fakeServer(() => ({ body: { grant: GRANT, credentials: CREDENTIALS } }));
  sts = createServer(({ headers }, response) => {
    const [, key = '', region = ''] =
      /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
    const agent = headers['user-agent'] ?? '';
    const judge = Object.keys(JUDGES).find((name) => agent.startsWith(JUDGES[name] ?? '-'));
    seen.push({ judge: judge ?? agent, key, region });
    response.setHeader('content-type', 'text/xml').end(IDENTITY);
  });
  await new Promise<void>((resolve) => sts.listen(0, '127.0.0.1', resolve));
  home = newHome();
  const built = newFolder();
  const requirements = join(HERE, 'requirements.txt');
  const python = await pythonEnvironment({ name: 'clients', requirements }, () => undefined);
  const go = join(built, 'who');
  await run('go', ['build', '-o', go, './who'], { cwd: join(HERE, 'go'), what: 'Building for Go' });
  cpSync(join(HERE, 'java'), built, { recursive: true });
  const libraries = ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib'];
  await run('mvn', libraries, { cwd: built, what: 'Fetching the SDK for Java' });
  await run('javac', ['-cp', 'lib/*', 'Who.java'], { cwd: built, what: 'Building for Java' });
  const judges = [
    `'${join(python, '../aws')}' sts get-caller-identity`,
    `'${python}' '${join(HERE, 'who.py')}'`,
    `'${process.execPath}' '${join(HERE, 'who.mjs')}'`,
    `'${go}'`,
    `java -XX:TieredStopAtLevel=1 -cp '${built}:${built}/lib/*' Who`,
  ];
  script = `${judges.map((judge) => `${judge} > /dev/null &`).join('\n')}\nwait`;
}, 600_000);
afterAll(() => {
  home.remove();
  sts.closeAllConnections();
  sts.close();
  for (const folder of folders) rmSync(folder, { recursive: true });
  return broker.close();
});

/** @returns what the judges showed, and what the command returned. */
async function judged<T>(odd: OddFiles, command: (folder: string, env: Env) => Promise<T>) {
  const folder = newFolder();
  const { port } = sts.address() as AddressInfo;
  seen = [];
  const ended = await command(folder, {
    HOME: folder,
    PATH: process.env['PATH'] ?? '',
    AWS_CONFIG_FILE: '',
    AWS_SHARED_CREDENTIALS_FILE: '',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${port}`,
    ...(odd.region === undefined && { AWS_REGION: 'us-east-1' }),
    ...writeOddFiles(folder, odd),
  });
  return { ended, shown: seen.toSorted((a, b) => a.judge.localeCompare(b.judge)) };
}

type Env = Readonly<Record<string, string>>;

/** What each judge is expected to have shown. */
const all = (key: string, region: string) =>
  Object.keys(JUDGES)
    .toSorted((a, b) => a.localeCompare(b))
    .map((judge) => ({ judge, key, region }));

test('the judges use keys in files, where there is no exec', async () => {
  const [, plain] = ODD_AWS_FILES;
  if (plain === undefined) throw new Error('there is no such case');
  const { shown } = await judged(
    plain,
    (cwd, { AWS_CONFIG_FILE: _, AWS_SHARED_CREDENTIALS_FILE: __, ...env }) =>
      run('sh', ['-c', script], { cwd, env: { ...env, AWS_DEFAULT_REGION: 'us-east-1' } }),
  );
  expect(shown).toEqual(all(OLD_KEY, 'us-east-1'));
});

test.each(
  ODD_AWS_FILES.filter(({ refused }) => refused === undefined).map(
    (odd) => [odd.what, odd] as const,
  ),
)('under exec every judge has the keys of the grant: %s', async (_, odd) => {
  const { shown, ended } = await judged(odd, (cwd, env) =>
    home.runIn(cwd, [...EXEC, 'sh', '-c', script], {
      ...env,
      VALETKEY_TOKEN: 'a-token',
      VALETKEY_BROKER: broker.url,
    }),
  );
  expect({ ...ended, shown }).toEqual({
    code: 0,
    out: '',
    // Java may print that it does not log.
    err: expect.any(String),
    shown: all(CREDENTIALS.accessKeyId, odd.region ?? 'us-east-1'),
  });
});
