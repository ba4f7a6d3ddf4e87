import type { PolicyLanguage } from '../../core/bundle/policy-language.ts';
import type { Deployment } from '../../core/entitlement.ts';
import { caseErrors } from '../../core/policy/case-errors.ts';
import { readBundle } from '../../core/policy/read-bundle.ts';
import { type Bench, benchFor, runCases } from '../../core/policy/run-cases.ts';
import type { OpenAnswer } from './messages.ts';

export type Opened = { readonly bench: Bench | null; readonly answer: OpenAnswer };

/** Compiles the files of a bundle and runs its cases. A case that fails is told, and the bundle can be tried all the same. */
export function openBundle(
  language: PolicyLanguage,
  files: readonly (readonly [path: string, text: string])[],
  deployment: Deployment,
): Opened {
  const read = readBundle(new Map(files), language);
  if (!read.ok) return { bench: null, answer: { kind: 'mistakes', mistakes: read.error } };
  const { bundle, cases } = read.value;
  const failing = caseErrors(runCases(benchFor(bundle, language.engineFor), cases));
  const answer: OpenAnswer = {
    kind: 'opened',
    hash: bundle.hash,
    entitlements: Object.keys(bundle.entitlements).length,
    policies: Object.keys(bundle.policies).length,
    cases: cases.length,
    failing,
  };
  return { bench: benchFor(bundle, language.engineFor, deployment), answer };
}
