import { readFileSync, writeFileSync } from 'node:fs';
import { cedarModule, loadCedar } from '../adapters/cedar/cedar.ts';
import { cedarAnalyst } from '../adapters/cedar/policy-analyst.ts';
import { cedarLanguage } from '../adapters/cedar/policy-language.ts';
import { lint } from '../core/policy/lint.ts';
import { readBundle } from '../core/policy/read-bundle.ts';
import {
  ACCEPTED,
  entitlementOf,
  type PastedPolicy,
  REFUSED,
} from '../test/support/pasted-policies.ts';
import { printResults } from './print-results.ts';
import { spread } from './statistics.ts';

/** What `valetkey policy check` does with 1,000 pasted policies, each an entitlement of a bundle of its own. */

const DOCUMENTS = 1000;
const SEED = 20_261_126;

export function measurePastedPolicies() {
  const cedar = loadCedar(cedarModule());
  const language = cedarLanguage(cedar);
  const analyst = cedarAnalyst(cedar);
  const times: number[] = [];
  const refusals = new Map<string, number>();
  let warned = 0;
  for (const pasted of documents()) {
    const files = new Map([...COMMON, ['entitlements/pasted.yaml', entitlementOf(pasted)]]);
    const begun = performance.now();
    const read = readBundle(files, language);
    if (read.ok && lint(read.value, language, analyst).length > 0) warned += 1;
    times.push(performance.now() - begun);
    for (const reason of new Set(read.ok ? [] : read.error.map(reasonOf))) {
      refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
    }
    if (read.ok !== (pasted.says === null)) throw new Error(`not as expected: ${pasted.name}`);
  }
  const refused = documents().filter(({ says }) => says !== null).length;
  return {
    documents: { count: DOCUMENTS, accepted: DOCUMENTS - refused, refused, warned },
    milliseconds: spread(times),
    refusals: Object.fromEntries([...refusals].sort(([, a], [, b]) => b - a)),
  };
}

const COMMON: readonly (readonly [string, string])[] = [
  [
    'issuers.yaml',
    'issuers: [{ id: people, type: User, url: https://i.example, audience: a, subject: [sub], name: email, groups: groups, mfa: { amr: [mfa] } }]',
  ],
  [
    'policies/p.cedar',
    '@id("p") permit (principal in ValetKey::Group::"people:all", action in [ValetKey::Action::"request", ValetKey::Action::"autoApprove"], resource) when { context.durationSeconds <= 3600 };',
  ],
];

/** The corpus again and again, with other names, accounts and Regions. */
function documents(): readonly PastedPolicy[] {
  const corpus = [...ACCEPTED, ...REFUSED];
  const random = generator(SEED);
  return Array.from({ length: DOCUMENTS }, (_, index) => {
    const pasted = corpus[index % corpus.length] as PastedPolicy;
    const digits = String(Math.floor(random() * 1e12)).padStart(12, '0');
    const text = pasted.text
      .replaceAll(
        /(acme|orders|jobs)(?=[-/"'])/g,
        (name) => `${name}-${Math.floor(random() * 1e6)}`,
      )
      .replaceAll(/(?<!\d)(111122223333|123456789012)(?!\d)/g, digits)
      .replaceAll('eu-west-1', random() < 0.5 ? 'eusc-de-east-1' : 'us-iso-west-1');
    return { ...pasted, text };
  });
}

/** The same numbers at every run (a linear congruential generator). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A message without what it quotes. */
function reasonOf({ message }: { readonly message: string }): string {
  return message
    .replace(/^statements\S*: /, '')
    .replaceAll(/'[^']*'/g, '…')
    .replace(/;.*$/, '')
    .replaceAll(/[0-9]{4,}/g, 'N');
}

/** `node bench/pasted-policies.ts` measures this alone. */
if (import.meta.main) {
  const pastedPolicies = measurePastedPolicies();
  const results = JSON.parse(readFileSync('bench/results.json', 'utf8')) as object;
  writeFileSync(
    'bench/results.json',
    `${JSON.stringify({ ...results, pastedPolicies }, null, 2)}\n`,
  );
  printResults({ pastedPolicies });
}
