import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cedarModule, loadCedar } from '../../adapters/cedar/cedar.ts';
import { cedarAnalyst } from '../../adapters/cedar/policy-analyst.ts';
import { cedarLanguage } from '../../adapters/cedar/policy-language.ts';
import { readBundleFiles } from '../../adapters/files/bundle-files.ts';
import type { BundleError, BundleFiles } from '../../core/bundle/bundle.ts';
import type { PolicyLanguage } from '../../core/bundle/policy-language.ts';
import type { PolicyAnalyst } from '../../core/policy/policy-analyst.ts';
import { type BundleSources, readBundle } from '../../core/policy/read-bundle.ts';
import type { Result } from '../../core/result.ts';
import { UsageError } from '../failure.ts';

export type Tools = { readonly language: PolicyLanguage; readonly analyst: PolicyAnalyst };

/** A folder that was read; whether it holds a valid bundle is in `read`. */
export type Opened = {
  /** As the user wrote it. */
  readonly folder: string;
  readonly files: BundleFiles;
  readonly read: Result<BundleSources, readonly BundleError[]>;
};

/** Where the installed command carries it: beside `chunks/`. */
const INSTALLED = fileURLToPath(new URL('../cedar_wasm_bg.wasm', import.meta.url));

/** The real Cedar: what a case says here is what the broker will say. */
export function tools(): Tools {
  const cedar = loadCedar(existsSync(INSTALLED) ? INSTALLED : cedarModule());
  return { language: cedarLanguage(cedar), analyst: cedarAnalyst(cedar) };
}

/** @throws UsageError when there is no such folder. */
export function openBundle(folder: string, { language }: Tools): Opened {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UsageError(`there is no folder '${folder}'; name the bundle's with --policy DIR`);
  }
  const files = readBundleFiles(folder);
  return { folder, files, read: readBundle(files, language) };
}
