import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { parseArgs } from 'node:util';

/**
 * Reports what the fast tests cover of core/, after `jest --coverage`. Fails below the floor.
 *
 *   --missing  lists the branches that no test enters
 *   --raise    writes the floor anew where more is covered now; a floor never falls
 */

const FLOOR = 'tools/coverage-floor.json';
/** Property tests draw other values each time, so a figure moves a little between runs. */
const SLACK = 0.3;
const KINDS = ['statements', 'branches', 'functions'] as const;

type Kind = (typeof KINDS)[number];
type Count = { readonly covered: number; readonly of: number };
type Counts = Readonly<Record<Kind, Count>>;

/** Istanbul's report of one file. */
type FileCoverage = {
  readonly path: string;
  readonly s: Readonly<Record<string, number>>;
  readonly f: Readonly<Record<string, number>>;
  readonly b: Readonly<Record<string, readonly number[]>>;
  readonly branchMap: Readonly<Record<string, BranchSource>>;
};
type BranchSource = {
  readonly type: string;
  readonly loc: Range;
  readonly locations: readonly Range[];
};
type Range = { readonly start: { readonly line?: number } };

function countsOf({ s, f, b }: FileCoverage): Counts {
  const count = (hits: readonly number[]): Count => ({
    covered: hits.filter((times) => times > 0).length,
    of: hits.length,
  });
  return {
    statements: count(Object.values(s)),
    branches: count(Object.values(b).flat()),
    functions: count(Object.values(f)),
  };
}

function sum(all: readonly Counts[]): Counts {
  const of = (kind: Kind): Count => ({
    covered: all.reduce((total, counts) => total + counts[kind].covered, 0),
    of: all.reduce((total, counts) => total + counts[kind].of, 0),
  });
  return { statements: of('statements'), branches: of('branches'), functions: of('functions') };
}

const percent = ({ covered, of }: Count): number => (of === 0 ? 100 : (covered / of) * 100);

function row(name: string, counts: Counts): string {
  const cells = KINDS.map((kind) => `${percent(counts[kind]).toFixed(1)} %`.padStart(12));
  return `${name.padEnd(24)}${cells.join('')}`;
}

function missingBranches({ path, b, branchMap }: FileCoverage): readonly string[] {
  return Object.entries(b).flatMap(([id, hits]) => {
    const source = branchMap[id];
    return hits.flatMap((times, index) => {
      if (times > 0) return [];
      const line = source?.locations[index]?.start.line ?? source?.loc.start.line;
      const kind = source?.type === 'if' && index === 1 ? 'else' : source?.type;
      return [`${relative('.', path)}:${line} ${kind}`];
    });
  });
}

const { values } = parseArgs({
  options: { missing: { type: 'boolean' }, raise: { type: 'boolean' } },
});
const report = JSON.parse(readFileSync('coverage/coverage-final.json', 'utf8')) as Record<
  string,
  FileCoverage
>;
const files = Object.values(report).toSorted((a, b) => a.path.localeCompare(b.path));
const folders = Map.groupBy(files, ({ path }) => dirname(relative('.', path)));
const total = sum(files.map(countsOf));

console.log(`${'coverage'.padEnd(24)}${KINDS.map((kind) => kind.padStart(12)).join('')}`);
for (const [folder, its] of folders) console.log(row(`${folder}/`, sum(its.map(countsOf))));
console.log(row('total', total));
if (values.missing) console.log(files.flatMap(missingBranches).join('\n'));

const floor = JSON.parse(readFileSync(FLOOR, 'utf8')) as Record<Kind, number>;
if (values.raise) {
  const safe = (kind: Kind): number => Math.floor((percent(total[kind]) - SLACK) * 10) / 10;
  const raised = Object.fromEntries(KINDS.map((kind) => [kind, Math.max(floor[kind], safe(kind))]));
  writeFileSync(FLOOR, `${JSON.stringify(raised, null, 2)}\n`);
}
const below = KINDS.filter((kind) => percent(total[kind]) < floor[kind]);
for (const kind of below) {
  console.error(`Coverage of ${kind} fell below ${floor[kind]} % (${FLOOR}). Test what you added.`);
}
process.exitCode = below.length > 0 ? 1 : 0;
