import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { PAGES } from '../support/documentation.ts';

/** Figures and lists in pages are those of the files that they come from. */

const read = (file: string) => readFileSync(file, 'utf8');
const benchmarks = read('docs/benchmarks.md');

/** `{path}` stands for a value of `bench/results.json`; `{path|digits}` for one that is rounded. */
const RESULTS: Readonly<Record<string, string>> = {
  'AWS calls of an automatic vend':
    '2, {awsCallsPerVend.inARow} in a row (TransactWriteItems, AssumeRole)',
  'CPU time of a warm vend, without the AWS calls': 'median {ownCpuMsPerWarmVend.median} ms',
  'wall time of the handler, relative to the same two calls sent raw':
    'median {handlerWallOverRawCalls.median}',
  'the same through HTTP': 'median {httpWallOverRawCalls.median}',
  'initialisation of the vend bundle, relative to a bundle with only an STS client':
    'median {initVendOverStsOnly.median}',
  "code of the vend Lambda, without Cedar's WebAssembly module (4.2 MB)": '{codeKilobytes.vend} KB',
  'workflow transitions of an automatic grant':
    '{workflowTransitions.automaticGrant} (${workflowTransitions.usdPerMillion.automatic} per million)',
  'of an approved grant that is revoked':
    'at most 12 (${workflowTransitions.usdPerMillion.approvedAndRevoked} per million)',
  'AWS cost of a million automatic vends, each with its own grant':
    '${usdPerMillionAutomaticVends.total}',
  'a decision among 10, 100, 1,000 policies':
    '{decisionMs.allow, 10 policies.median}, {decisionMs.allow, 100 policies.median}, {decisionMs.allow, 1000 policies.median} ms',
  'a denial with its advice, 100 policies': '{decisionMs.deny with advice, 100 policies.median} ms',
  'composing a session policy': '{sessionPolicyMs.median} ms',
  'from the call of `revoke` to the first refused call to S3':
    'median {revocation.revokeToFirstRefusedMs.median} ms, longest {revocation.revokeToFirstRefusedMs.max} ms (cold Lambdas)',
  'of that, until `revoke` answers': 'median {revocation.revokeCallMs.median} ms',
  "writes of the role's policy for 1, 10, 100, 1,000 simultaneous revocations (simulated IAM)":
    '{policyWritesPerRevocations.1}, {policyWritesPerRevocations.10}, {policyWritesPerRevocations.100}, {policyWritesPerRevocations.1000}',
  "the sweep's query with 100,000 finished grants, relative to 1,000":
    'median {reads.sweepQueryManyOverFew.median}',
  'a revocation during a flood, from the call of `revoke` to the first refused call to S3':
    'median {load.flood.revokeToFirstRefusedMs.median} ms, longest {load.flood.revokeToFirstRefusedMs.max} ms',
  'of that, until `revoke` answers during the flood': 'median {load.flood.revokeCallMs.median} ms',
  'scripts before the first view, gzip': '{page.scriptsGzip} kB',
  'the same as they are sent, Brotli': '{page.scriptsBrotli} kB',
  'style sheets of all views, Brotli': '{page.stylesBrotli} kB',
  'over slow 4G with an empty cache, until the button to sign in is seen': '{page.signInView} ms',
  'from the return of the provider until My access is seen': '{page.firstView} ms',
  'the same after a reload': '{page.nextView} ms',
  'calls a second of the flood that were answered': '{load.flood.callsPerSecond}',
  '100 jobs of one repository that ask at once':
    '{load.jobs.answers.200} got credentials, by {load.jobs.calls.transactions} transactions',
  'from an event to a signed checkpoint that covers it, vends one by one':
    'half within {ledger.lagSeconds.alone.p50} s, 95 % within {ledger.lagSeconds.alone.p95} s',
  'the same, 12 vends at once':
    'half within {ledger.lagSeconds.atOnce.p50} s, 95 % within {ledger.lagSeconds.atOnce.p95} s',
  'AWS cost of a million events in batches of 25': '${ledger.usdPerMillionEvents.busy.total}',
  'of a million events that come alone': '${ledger.usdPerMillionEvents.quiet.total}',
  '`credential-process` with a cached answer, relative to `node -e 0`, in pairs':
    'median {commandLine.cachedCredentialProcessOverNode.median}',
  '`exec -- true`, relative to its two HTTP calls (a vend, a release)':
    'median {commandLine.execTrueOverItsHttpCalls.median}: {commandLine.execTrueMs.median|0} ms against {commandLine.itsHttpCallsMs.median|0} ms, including the start of two processes and of the endpoint',
  'run-time dependencies': '{commandLine.runtimeDependencies}: the package contains everything',
  'size: loaded for a cached answer, the program, loaded when needed, Cedar':
    '{commandLine.kilobytes.entry}, {commandLine.kilobytes.program}, {commandLine.kilobytes.loadedWhenNeeded}, {commandLine.kilobytes.cedar} KB',
};

/** Rows whose result is no measurement, but what the code guarantees. */
const FIXED = ['a page of 50 grants of one requester among 100,000'];

const results: unknown = JSON.parse(read('bench/results.json'));

/** Every number of the results: a row without a template may have no others. */
const MEASURED: ReadonlySet<string> = new Set(JSON.stringify(results).match(/\d+(\.\d+)?/g));

function valueAt(path: string): number {
  let value: unknown = results;
  for (const key of path.split('.')) value = (value as Readonly<Record<string, unknown>>)[key];
  if (typeof value !== 'number') throw new Error(`bench/results.json has no number at ${path}`);
  return value;
}

const filled = (template: string): string =>
  template.replaceAll(/\{([^}|]+)(?:\|(\d))?\}/g, (_, path: string, digits?: string) => {
    const value = valueAt(path);
    if (digits !== undefined) return value.toFixed(Number(digits));
    return value >= 1000 ? value.toLocaleString('en-US') : String(value);
  });

const rowsOf = (text: string): readonly (readonly string[])[] =>
  Array.from(text.matchAll(/^\| (.*?) ?\|$/gm), ([, row = '']) =>
    row.split('|').map((cell) => cell.trim()),
  );

describe('docs/benchmarks.md', () => {
  const measured = benchmarks
    .split('\n## ')
    .flatMap((section) => (section.includes('| measurement | result |') ? rowsOf(section) : []))
    .filter(([label]) => label !== 'measurement' && !/^-+\|?/.test(label ?? ''));

  test('has a row for every figure that is compared', () => {
    const labels = measured.map(([label]) => label);
    expect(Object.keys(RESULTS).filter((label) => !labels.includes(label))).toEqual([]);
  });

  test.each(measured.map(([label = '', result = '']) => [label, result] as const))(
    '%s',
    (label, result) => {
      const template = RESULTS[label];
      if (template === undefined && FIXED.includes(label)) return;
      if (template === undefined) {
        const figures = result.match(/\d[\d,]*(\.\d+)?/g) ?? [];
        return expect(
          figures.filter((figure) => !MEASURED.has(figure.replaceAll(',', ''))),
        ).toEqual([]);
      }
      return expect(result).toBe(filled(template));
    },
  );

  test('has the costs that the benchmark adds up, and so has docs/deploy.md', () => {
    const [, section = ''] =
      /\n## The cost of a million automatic vends\n([\s\S]*)$/.exec(benchmarks) ?? [];
    const amounts = rowsOf(section)
      .map(([, amount = '']) => Number(amount.replaceAll('*', '')))
      .filter((amount) => amount > 0);
    const { lines, total } = (
      results as {
        readonly usdPerMillionAutomaticVends: {
          readonly lines: Readonly<Record<string, number>>;
          readonly total: number;
        };
      }
    ).usdPerMillionAutomaticVends;
    expect(amounts).toEqual([...Object.values(lines), total]);
    expect(read('docs/deploy.md')).toContain(`| [${total}](benchmarks.md)`);
  });

  test('has the costs of the ledger, and so has docs/audit.md', () => {
    const names = ['DynamoDB', 'S3', 'KMS', 'SQS', 'Lambda', 'total'];
    for (const [row, kind] of [
      ['busy: 25 in a batch', 'busy'],
      ['quiet: each alone', 'quiet'],
    ]) {
      const cells = names.map((name) => filled(`{ledger.usdPerMillionEvents.${kind}.${name}}`));
      expect(read('docs/audit.md')).toContain(`| ${row} | ${cells.join(' | ')} |`);
    }
  });

  test('explains the missed goals with figures of the same run', () => {
    const [, text = ''] = /\n## Two missed goals\n([\s\S]*?)\n## /.exec(benchmarks) ?? [];
    expect(text).toContain(filled('what takes {ownCpuMsPerWarmVend.median} ms of CPU'));
    expect(text).toContain(filled('answers both AWS calls in {wallMs.raw.median} ms'));
    expect(text).toContain(filled('{initMs.vend.median} ms against {initMs.stsOnly.median} ms'));
  });

  test('names the machine of the run', () => {
    expect(benchmarks).toContain(`(${(results as { readonly machine: string }).machine})`);
  });
});

describe('a list in a page is complete:', () => {
  test('the Lambdas of docs/architecture.md', () => {
    const [, table = ''] =
      /\| Lambda \| called by[^\n]*\n([\s\S]*?)\n\n/.exec(read('docs/architecture.md')) ?? [];
    const listed = rowsOf(table).flatMap(([name = '']) => /^`(\w+)`$/.exec(name)?.[1] ?? []);
    const built = readdirSync('lambdas').flatMap(
      (file) => /^([\w-]+)\.lambda\.ts$/.exec(file)?.[1] ?? [],
    );
    expect(listed.toSorted()).toEqual(built.toSorted());
  });

  test('the lines that Lambdas log as errors, each with the alarm that rings', () => {
    const page = read('docs/runbooks/README.md');
    const alarms = readdirSync('lib')
      .filter((file) => file.startsWith('alarms'))
      .map((file) => read(`lib/${file}`))
      .join('');
    const [, table = ''] = /\| line \| alarm \|\n([\s\S]*?)\n\n/.exec(`${page}\n\n`) ?? [];
    const listed = rowsOf(table).flatMap(([lines = '', names = '']) => {
      const known = Array.from(names.matchAll(/`([A-Z]\w+)`/g), ([, name = '']) => name);
      const missing = known.filter((name) => !alarms.includes(`'${name}'`));
      expect([lines, known.length > 0, missing]).toEqual([lines, true, []]);
      return Array.from(lines.matchAll(/`([^`]+)`/g), ([, line = '']) => line);
    });
    const logged = ['lambdas', 'lambdas/container', 'lambdas/middleware'].flatMap((folder) =>
      readdirSync(folder)
        .filter((file) => file.endsWith('.ts'))
        .flatMap((file) =>
          Array.from(
            read(`${folder}/${file}`).matchAll(/(?:logger\.error|streamHandler)\(\s*'([^']+)'/g),
            ([, line = '']) => line,
          ),
        ),
    );
    expect(logged.length).toBeGreaterThan(8);
    expect([...new Set(listed)].toSorted()).toEqual([...new Set(logged)].toSorted());
  });

  test('the decisions', () => {
    const files = readdirSync('docs/decisions').filter((file) => /^\d{4}-/.test(file));
    const page = read('docs/decisions/README.md');
    const number = (file: string) => Number(file.slice(0, 4));
    const unlisted = files.filter(
      (file) => !page.includes(`(${file})`) && (number(file) < 20 || number(file) > 25),
    );
    expect(unlisted).toEqual([]);
  });

  test('the steps of docs/quality.md', () => {
    const { scripts } = JSON.parse(read('package.json')) as {
      readonly scripts: { readonly check: string };
    };
    const steps = scripts.check
      .split(' && ')
      .map((step) => step.replace(/^npm run -s /, '').replace(/ --.*$/, ''));
    const [, table = ''] = /\| step \|[^\n]*\n([\s\S]*?)\n\n/.exec(read('docs/quality.md')) ?? [];
    const named = (step: string) => step.startsWith('valetkey') || table.includes(step);
    expect(steps.filter((step) => !named(step))).toEqual([]);
  });
});

test.each(PAGES)('%s names the version of the package', (page) => {
  const { version } = JSON.parse(read('package.json')) as { readonly version: string };
  const named = Array.from(read(page).matchAll(/valetkey-(\d+\.\d+\.\d+)\.tgz/g), ([, one]) => one);
  expect(named.filter((one) => one !== version)).toEqual([]);
});
