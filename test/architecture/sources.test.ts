import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { buildSync } from 'esbuild';
import { ROUTES } from '../../core/api/routes.ts';
import { ESBUILD_OPTIONS } from '../../lib/lambda-code.ts';
import { ROOT, readSource, sourceFiles, withoutComments } from '../support/source-files.ts';

/** Rules that neither the compiler nor the linter checks. */

const LAMBDAS = readdirSync(`${ROOT}/lambdas`).filter((file) => file.endsWith('.lambda.ts'));
const SERVING = new Set<string>(Object.values(ROUTES).map(({ lambda }) => lambda));

/** The Lambdas that serve no route; what calls them says who they are. */
const CALLED_BY_AWS = [
  'advance',
  'chat',
  'deliver',
  'kill',
  'ledger',
  'observe',
  'orchestrate',
  'publish',
  'recover',
  'slack',
  'sweep',
  'usage',
  'validate',
].map((name) => `${name}.lambda.ts`);

/** Includes tests, except these, which spell out what they look for. */
const ALL = sourceFiles(/^(?!test\/architecture\/)/);

function filesWith(pattern: RegExp, files = sourceFiles()): readonly string[] {
  return files.filter((file) => pattern.test(withoutComments(readSource(file))));
}

describe('a Lambda that serves the API', () => {
  test('is every Lambda that a route names; the others are called by AWS itself', () => {
    const serving = [...SERVING].map((name) => `${name}.lambda.ts`);
    expect([...serving, ...CALLED_BY_AWS].toSorted()).toEqual(LAMBDAS.toSorted());
  });

  test.each([...SERVING])('%s exports one handler, made by the common front', (name) => {
    const code = withoutComments(readSource(`lambdas/${name}.lambda.ts`));
    const exported = code.match(/^export\b.*$/gm) ?? [];
    expect(exported).toHaveLength(1);
    expect(code).toMatch(
      new RegExp(`^export const handler = apiHandler<'${name}'>\\(\\s*(verify|null),`, 'm'),
    );
  });

  test('has a verifier, unless all of its routes are open', () => {
    const open = Object.values(ROUTES).filter((route) => route.open);
    expect(new Set(open.map(({ lambda }) => lambda))).toEqual(new Set(['open', 'page']));
    const unverified = [...SERVING].filter((name) =>
      readSource(`lambdas/${name}.lambda.ts`).includes('(null,'),
    );
    expect(unverified.toSorted()).toEqual(['open', 'page']);
  });
});

test('SDK clients are made in the composition root, and where the command uses the AWS session of its caller', () => {
  const making = filesWith(/\bnew \w+Client\(/).filter(
    (file) => !/^(local|bench|bin|tools|dashboard)\//.test(file),
  );
  expect(making).toEqual([
    'adapters/cloudformation/operator-clients.ts',
    'adapters/cloudtrail/operator-logs.ts',
    'adapters/iam/ambient-account.ts',
    'adapters/iam/simulate-policy.ts',
    'adapters/sts/web-identity-token.ts',
    'lambdas/container/deciding.ts',
    'lambdas/container/killing.ts',
    'lambdas/container/ledger.ts',
    'lambdas/container/recovery.ts',
    'lambdas/container/stores.ts',
    'lambdas/container/telling.ts',
    'lambdas/container/usage.ts',
  ]);
});

test('no code writes an ARN of one partition: brokers run in China and GovCloud as well', () => {
  // All are examples in texts for people.
  const product = filesWith(/arn:aws(-cn|-us-gov)?:/).filter((file) => !file.startsWith('bench/'));
  expect(product).toEqual([
    'cli/accounts/commands.ts',
    'core/bundle/check-roles.ts',
    'tools/ocsf-page.ts',
  ]);
  const workflow = readSource('workflow/grant.asl.json');
  expect(workflow).not.toMatch(/arn:aws/);
});

test('the core reads no clock, no environment and no chance', () => {
  const impure = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.|\bfetch\(|\bconsole\./;
  expect(filesWith(impure).filter((file) => file.startsWith('core/'))).toEqual([]);
});

test('nothing is exported by default, or passed on from another file', () => {
  // What other CDK apps import comes from one file.
  const files = sourceFiles().filter((file) => !/\.d\.ts$|^lib\/constructs\.ts$/.test(file));
  expect(filesWith(/^export default\b/m, files)).toEqual([]);
  expect(filesWith(/^export \* from|^export (type )?\{[^}]*\} from/m, files)).toEqual([]);
});

describe('imports are written so that dependency-cruiser sees them:', () => {
  test('a type is imported at the top of its file, not by import() in another type', () => {
    const inType = /typeof import\(([^)]+)\)|(?<!await )\bimport\(([^)]+)\)\.(?!then\b)/g;
    const unseen = ALL.flatMap((file) => {
      const code = withoutComments(readSource(file));
      return Array.from(code.matchAll(inType), ([, a, b]) => a ?? b)
        .filter((name) => !code.includes(`await import(${name})`))
        .map((name) => `${file} imports ${name}`);
    });
    expect(unseen).toEqual([]);
  });

  test('createRequire and import.meta.resolve only find packages', () => {
    expect(filesWith(/createRequire\(import\.meta\.url\)(?!\.resolve\('[^.'])/, ALL)).toEqual([]);
    expect(filesWith(/import\.meta\.resolve\(['"`]\./, ALL)).toEqual([]);
  });
});

test('nobody turns a checker off', () => {
  const silenced = ALL.filter((file) =>
    /@ts-(ignore|nocheck|expect-error)|biome-ignore|eslint-disable/.test(readSource(file)),
  );
  expect(silenced).toEqual([]);
});

test('files are named in kebab-case', () => {
  const odd = ALL.filter((file) => !/^[a-z0-9]+([-.][a-z0-9]+)*\.ts$/.test(basename(file)));
  expect(odd).toEqual([]);
});

test('only the writer of credentials writes them out', () => {
  expect(filesWith(/secretAccessKey: \w+\.secretAccessKey/)).toEqual(['core/api/wire.ts']);
});

describe('the package of a Lambda', () => {
  const { metafile } = buildSync({
    ...ESBUILD_OPTIONS,
    absWorkingDir: ROOT,
    entryPoints: LAMBDAS.map((name) => `lambdas/${name}`),
    metafile: true,
    write: false,
    outdir: 'none',
  });

  /** The files of which something is left after esbuild dropped what nobody uses. */
  const packed = (name: string): readonly string[] =>
    Object.values(metafile.outputs)
      .filter(({ entryPoint }) => entryPoint === `lambdas/${name}`)
      .flatMap(({ inputs }) => Object.entries(inputs))
      .flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []));

  test.each(LAMBDAS)('%s holds nothing of the build, of tests or of the local stack', (name) => {
    const inputs = packed(name);
    expect(inputs).toContain(`lambdas/${name}`);
    const foreign =
      /^(lib|bin|test|local|bench|cli)\/|node_modules\/(aws-cdk|constructs|cdk-nag|esbuild|recheck|yaml|@eslint)/;
    // It compiles bundles of the past: the hash of their files vouches for what they were.
    const compiler = /node_modules\/(recheck|yaml|@eslint-community)\//;
    const own = name === 'recover.lambda.ts' ? compiler : /^$/;
    expect(inputs.filter((input) => foreign.test(input) && !own.test(input))).toEqual([]);
  });

  test('only those of vend and, for kill roles, kill can assume roles', () => {
    const able = LAMBDAS.filter((name) =>
      packed(name).some((input) => /client-sts\/.*AssumeRoleCommand/.test(input)),
    );
    expect(able).toEqual(['kill.lambda.ts', 'vend.lambda.ts']);
  });
});
