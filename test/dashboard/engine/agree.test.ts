import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { cedarModule, loadCedar } from '../../../adapters/cedar/cedar.ts';
import { cedarAnalyst } from '../../../adapters/cedar/policy-analyst.ts';
import { cedarLanguage } from '../../../adapters/cedar/policy-language.ts';
import { readBundleFiles } from '../../../adapters/files/bundle-files.ts';
import { explain } from '../../../core/policy/explain.ts';
import { type BundleSources, readBundle } from '../../../core/policy/read-bundle.ts';
import { benchFor, SAMPLE_DEPLOYMENT } from '../../../core/policy/run-cases.ts';
import { type PageEngine, startPageEngine } from './page-engine.ts';

/** The engine of the page and that of the broker give the same answers, down to the session policy. */

const cedar = loadCedar(cedarModule());
const [language, analyst] = [cedarLanguage(cedar), cedarAnalyst(cedar)];
const files = readBundleFiles('policy');
const read = readBundle(files, language);
if (!read.ok) throw new Error(JSON.stringify(read.error));
const sources: BundleSources = read.value;
const deployment = SAMPLE_DEPLOYMENT;
const asker = { issuer: 'people', subject: 'ana', groups: [], mfa: false, sourceIp: '10.0.0.1' };

let page: PageEngine;
beforeAll(async () => {
  page = await startPageEngine();
});
afterAll(() => page.stop());

test('a bundle is compiled to the same hash, and all its cases pass', async () => {
  expect(await page.ask('open', { files: [...files], deployment })).toEqual({
    kind: 'opened',
    hash: sources.bundle.hash,
    entitlements: Object.keys(sources.bundle.entitlements).length,
    policies: Object.keys(sources.bundle.policies).length,
    cases: sources.cases.length,
    failing: [],
  });
});

test.each(sources.cases.map(({ value }) => [value.name, value] as const))('%s', async (_, one) => {
  const { bundle } = sources;
  const ours = explain(benchFor(bundle, language.engineFor, deployment), analyst, one);
  if (!ours.ok) throw new Error(JSON.stringify(ours.error));
  const { decision, sessionPolicy, question } = ours.value.assessment;
  const { context, request } = one;
  const pasted = {
    ...one,
    request: Object.fromEntries(Object.entries(request).filter(([, value]) => value !== null)),
    context: {
      ...{ ...context, now: new Date(context.now).toISOString() },
      ...(context.mfaAgeSeconds === null && { mfaAgeSeconds: undefined }),
    },
  };
  const startsAt = request.startsAt === null ? {} : { startsAt: new Date(request.startsAt) };
  const text = JSON.stringify({ ...pasted, request: { ...pasted.request, ...startsAt } });
  const now = '2026-11-23T10:00:00Z';
  const answer = await page.ask('explain', { text, asker, now, bundle, deployment });
  const { id, name, groups } = question.caller.principal;
  expect(answer).toMatchObject({
    kind: 'explained',
    explained: {
      ...{ who: { id, name, groups }, decision, actions: ours.value.actions, recorded: null },
      sessionPolicy: decision.outcome === 'deny' ? null : JSON.parse(sessionPolicy),
    },
  });
});

test('mistakes in a bundle have their file, their line and a sentence', async () => {
  const broken = [...files].map(([path, text]) =>
    path === 'policies/artifacts.cedar'
      ? ([path, text.replace('principal', 'principle')] as const)
      : ([path, text] as const),
  );
  const ours = readBundle(new Map(broken), language);
  expect(ours.ok).toBe(false);
  expect(await page.ask('open', { files: broken, deployment })).toEqual({
    kind: 'mistakes',
    mistakes: ours.ok ? [] : ours.error,
  });
});
