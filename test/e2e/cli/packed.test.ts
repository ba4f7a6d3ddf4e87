import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { run } from '../../../local/process.ts';
import { type Home, newHome } from '../../support/run-command.ts';
import { person, stack } from '../support.ts';
import { ARTIFACTS_ARGS, json } from './support.ts';

/** The packed command, as users install it, with the user's Node (20 or newer). */

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

  test('prints its version and its help', async () => {
    expect((await home.run(['--version'])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await home.run(['--help'])).out).toContain('valetkey configure');
  });

  test('provides credentials', async () => {
    const env = { VALETKEY_TOKEN: await person(['platform']), VALETKEY_BROKER: stack().apiUrl };
    const script = `
      const { AWS_CONTAINER_CREDENTIALS_FULL_URI: url, AWS_CONTAINER_AUTHORIZATION_TOKEN: authorization } = process.env;
      fetch(url, { headers: { authorization } })
        .then((answer) => answer.json())
        .then((credentials) => console.log(Object.keys(credentials).join()));`;
    const args = ['exec', ...ARTIFACTS_ARGS, '--', node, '-e', script];
    expect(await home.run(args, env)).toEqual({
      code: 0,
      out: 'AccessKeyId,SecretAccessKey,Token,Expiration\n',
      err: '',
    });
    const first = await home.run(['credential-process', ...ARTIFACTS_ARGS], env);
    expect(json(first.out)).toMatchObject({ Version: 1 });
    const second = await home.run(['credential-process', ...ARTIFACTS_ARGS], env);
    expect(second.out).toBe(first.out);
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

  test('has the presets, and writes a bundle that it accepts', async () => {
    const bundle = join(folder, 'bundle');
    const init = ['policy', 'init', bundle, '--preset', 'aws', '--preset', 'github'];
    expect((await home.run(init)).code).toBe(0);
    expect((await home.run(['policy', 'check', '--strict', '--policy', bundle])).code).toBe(0);
  });

  test('signs in with AWS sessions, and has all that the SDK needs for it', async () => {
    const { code, err } = await home.run(['login', '--aws', '--broker', stack().apiUrl]);
    expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining('valetkey configure') });
    await home.run(['configure', stack().apiUrl]);
    const without = await home.run(['login', '--aws'], { AWS_REGION: 'eu-central-1' });
    expect(without.err).toContain('`aws sso login`');
  });

  test('does not contain the local stack, and says where to find it', async () => {
    const { code, err } = await home.run(['local']);
    expect(code).toBe(2);
    expect(err).toContain('checkout');
  });
});

test('another CDK app can import the constructs and their types', async () => {
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
});
