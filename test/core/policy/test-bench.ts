import { cedarAnalyst } from '../../../adapters/cedar/policy-analyst.ts';
import type { BundleFiles } from '../../../core/bundle/bundle.ts';
import { type BundleSources, readBundle } from '../../../core/policy/read-bundle.ts';
import { type Bench, benchFor } from '../../../core/policy/run-cases.ts';
import { cedar, files, language } from '../../support/bundles.ts';

export const analyst = cedarAnalyst(cedar);

export function sourcesOf(from: BundleFiles = files()): BundleSources {
  const read = readBundle(from, language);
  if (!read.ok) throw new Error(JSON.stringify(read.error, null, 1));
  return read.value;
}

export function benchOf(from: BundleFiles = files()): Bench {
  return benchFor(sourcesOf(from).bundle, language.engineFor);
}
