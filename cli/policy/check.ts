import { caseErrors } from '../../core/policy/case-errors.ts';
import { lint } from '../../core/policy/lint.ts';
import { benchFor, runCases } from '../../core/policy/run-cases.ts';
import { count, type Terminal } from '../terminal.ts';
import { openBundle, tools } from './open-bundle.ts';
import { errorJson, showErrors, showInvalid } from './show-errors.ts';

export type CheckOptions = {
  readonly policy: string;
  readonly json: boolean;
  readonly strict?: boolean;
};

/**
 * `valetkey policy check`
 *
 * @returns 0 for a valid bundle, 1 for mistakes, and with `--strict` also for warnings.
 */
export function check({ policy, json, strict }: CheckOptions, out: Terminal): 0 | 1 {
  const using = tools();
  const opened = openBundle(policy, using);
  if (!opened.read.ok) return showInvalid(opened.read.error, opened, json, out);
  const sources = opened.read.value;
  const { bundle, cases } = sources;
  const failed = caseErrors(runCases(benchFor(bundle, using.language.engineFor), cases));
  if (failed.length > 0) return showInvalid(failed, opened, json, out);

  const warnings = lint(sources, using.language, using.analyst);
  const ok = strict !== true || warnings.length === 0;
  const counts = {
    entitlements: sources.entitlements.length,
    policies: sources.policies.length,
    issuers: bundle.issuers.length,
    cases: cases.length,
  };
  if (json) {
    const listed = warnings.map((warning) => errorJson(warning, opened));
    out.json({ ok, bundle: bundle.hash, ...counts, errors: [], warnings: listed });
    return ok ? 0 : 1;
  }
  showErrors(warnings, opened, 'yellow', out);
  const parts = [
    count(counts.entitlements, 'entitlement'),
    count(counts.policies, 'policy'),
    count(counts.issuers, 'issuer'),
    count(counts.cases, 'case'),
  ].join(', ');
  const warned = warnings.length === 0 ? '' : `; ${count(warnings.length, 'warning')}`;
  const verdict = ok
    ? out.paint('green', 'is valid')
    : out.paint('red', 'is valid, but has warnings');
  out.print(`${opened.folder} ${verdict}: ${parts}${warned}`);
  out.print(out.paint('dim', bundle.hash));
  return ok ? 0 : 1;
}
