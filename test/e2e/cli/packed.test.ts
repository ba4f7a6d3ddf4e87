import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { run } from '../../../local/process.ts';
import { type Home, newHome } from '../../support/run-command.ts';
import { person, stack } from '../support.ts';
import { ARTIFACTS_ARGS, json } from './support.ts';

/** The command as people install it: packed, and run by the Node that they have (20 or newer). */

const folder = mkdtempSync(join(tmpdir(), 'valetkey-packed-'));
const node = process.env['npm_node_execpath'] ?? process.execPath;
let home: Home;

beforeAll(async () => {
  const packed = await run('npm', ['pack', '--silent', '--pack-destination', folder], {});
  const tarball = join(folder, packed.trim().split('\n').at(-1) ?? '');
  await run('npm', ['install', '--global', '--offline', '--prefix', folder, tarball], {});
  home = newHome([node, join(folder, 'lib/node_modules/valetkey/dist/valetkey.cjs')]);
}, 120_000);
afterAll(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});

describe('the packed command', () => {
  test('needs no other package', () => {
    const modules = join(folder, 'lib/node_modules');
    expect(readdirSync(modules).filter((name) => !name.startsWith('.'))).toEqual(['valetkey']);
    expect(readdirSync(join(modules, 'valetkey'))).not.toContain('node_modules');
  });

  test('says its version and its help', async () => {
    expect((await home.run(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await home.run(['--help'])).out).toContain('valetkey configure');
  });

  test('gives keys to a command', async () => {
    const env = { VALETKEY_TOKEN: await person(['platform']), VALETKEY_BROKER: stack().apiUrl };
    const curl =
      'const { env } = process; fetch(env.AWS_CONTAINER_CREDENTIALS_FULL_URI, { headers: { authorization: env.AWS_CONTAINER_AUTHORIZATION_TOKEN } }).then((it) => it.json()).then((it) => console.log(Object.keys(it).join()))';
    const args = ['exec', ...ARTIFACTS_ARGS, '--', node, '-e', curl];
    expect(await home.run(args, env)).toMatchObject({
      ...{ code: 0, out: 'AccessKeyId,SecretAccessKey,Token,Expiration\n', err: '' },
    });
    const asked = await home.run(['credential-process', ...ARTIFACTS_ARGS], env);
    expect(json(asked.out)).toMatchObject({ Version: 1 });
    expect((await home.run(['credential-process', ...ARTIFACTS_ARGS], env)).out).toBe(asked.out);
  });

  test('checks a policy bundle', async () => {
    const { code, out } = await home.run([
      'policy',
      'check',
      '--policy',
      join(process.cwd(), 'policy'),
    ]);
    expect({ code, out: out.split('\n')[0] }).toEqual({
      code: 0,
      out: expect.stringContaining('is valid'),
    });
  });

  test('has no stack with it, and says where to find one', async () => {
    const { code, err } = await home.run(['local']);
    expect(code).toBe(2);
    expect(err).toContain('checkout');
  });
});

test('another CDK app imports its constructs, with their types', async () => {
  const lib = join(folder, 'lib');
  for (const name of ['aws-cdk-lib', 'constructs', '@types']) {
    symlinkSync(join(process.cwd(), 'node_modules', name), join(lib, 'node_modules', name));
  }
  const app = `import { App, Stack } from 'aws-cdk-lib';
import { VendableRole } from 'valetkey/constructs';
const app = new App();
const stack = new Stack(app, 'Shop');
new VendableRole(stack, 'Artifacts', { roleName: 'artifacts', vendRoleArn: 'arn:aws:iam::111122223333:role/ValetKey-vend' });
const roles = Object.values(app.synth().getStackByName('Shop').template.Resources as object);
console.log(JSON.stringify(roles));
`;
  writeFileSync(join(lib, 'app.ts'), app);
  writeFileSync(join(lib, 'package.json'), '{ "type": "module" }');
  const tsc = join(process.cwd(), 'node_modules/typescript/bin/tsc');
  const strict = ['--strict', '--noEmit', '--skipLibCheck', 'false', '--types', 'node'];
  const target = ['--module', 'nodenext', '--target', 'es2024', 'app.ts'];
  await run(process.execPath, [tsc, ...strict, ...target], { cwd: lib });
  const out = await run(process.execPath, ['app.ts'], { cwd: lib });
  expect(out).toContain('sts:SourceIdentity');
}, 60_000);
