import type { History } from './history.ts';

/** One fault that was injected. */
export type Injected = {
  readonly name: string;
  readonly lastedMs: number;
  readonly recoveredMs: number;
  /** Calls while it lasted, and those of them that did not succeed. */
  readonly calls: number;
  readonly unserved: number;
};

export type Findings = {
  readonly seed: number;
  readonly faults: readonly Injected[];
  readonly history: History;
  readonly grants: number;
  readonly keys: number;
  /** How AWS answered those who used them. */
  readonly uses: { readonly allowed: number; readonly refused: number; readonly unknown: number };
  readonly entries: number;
  readonly strangers: string;
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** What the run found, as lines to print. */
export function report(findings: Findings): readonly string[] {
  const { counts, violations } = findings.history;
  const { faults, uses } = findings;
  const rows = [
    ['fault', 'lasted', 'calls', 'not served', 'recovered after'],
    ...faults.map(({ name, lastedMs, calls, unserved, recoveredMs }) => [
      ...[name, seconds(lastedMs), String(calls), String(unserved)],
      seconds(recoveredMs),
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const slowest = Math.max(0, ...faults.map(({ recoveredMs }) => recoveredMs));
  return [
    '',
    ...table,
    '',
    `seed:        ${findings.seed}`,
    `faults:      ${faults.length}; the slowest recovery took ${seconds(slowest)}`,
    `calls:       ${counts.calls}; refused ${counts.refused}, failed ${counts.failed}, not answered ${counts.unanswered}`,
    `grants:      ${findings.grants}; ${findings.keys} keys, allowed ${uses.allowed} times and refused ${uses.refused} times by AWS, not answered ${uses.unknown} times`,
    `ledger:      ${findings.entries} entries; x/mod: ${findings.strangers}`,
    `violations:  ${violations.size}`,
    ...[...violations].flatMap(([what, history]) => ['', what, history]),
  ];
}
