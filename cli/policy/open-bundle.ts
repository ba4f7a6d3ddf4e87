import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cedarModule, loadCedar } from '../../adapters/cedar/cedar.ts';
import { cedarAnalyst } from '../../adapters/cedar/policy-analyst.ts';
import { cedarLanguage } from '../../adapters/cedar/policy-language.ts';
import { readBundleFiles, UnusableFiles } from '../../adapters/files/bundle-files.ts';
import { CONFIG_FILE, readConfig } from '../../adapters/files/config-file.ts';
import {
  type BundleError,
  type BundleFiles,
  formatBundleErrors,
} from '../../core/bundle/bundle.ts';
import type { PolicyLanguage } from '../../core/bundle/policy-language.ts';
import type { PolicyAnalyst } from '../../core/policy/policy-analyst.ts';
import { type BundleSources, readBundle } from '../../core/policy/read-bundle.ts';
import type { Result } from '../../core/result.ts';
import { UsageError } from '../failure.ts';

export type Tools = { readonly language: PolicyLanguage; readonly analyst: PolicyAnalyst };

/** A folder that was read; `read` says whether it is a valid bundle. */
export type Opened = {
  /** As the user wrote it. */
  readonly folder: string;
  readonly files: BundleFiles;
  readonly read: Result<BundleSources, readonly BundleError[]>;
};

/** The engine's place in the installed command, next to `chunks/`. */
const INSTALLED = fileURLToPath(new URL('../cedar_wasm_bg.wasm', import.meta.url));

/** The same Cedar engine as the broker's, so that cases have the outcome that the broker would return. */
export function tools(): Tools {
  const cedar = loadCedar(existsSync(INSTALLED) ? INSTALLED : cedarModule());
  return { language: cedarLanguage(cedar), analyst: cedarAnalyst(cedar) };
}

/**
 * Opens the folder that a deployment would take, unless the user names another one.
 *
 * @throws UsageError if the folder does not exist or has a file that cannot be used, or valetkey.yaml cannot be read.
 */
export function openBundle(chosen: string | undefined, { language }: Tools): Opened {
  const folder = chosen ?? deployedFolder();
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UsageError(
      `The folder ${folder} does not exist.`,
      'Name a folder that has a policy bundle.',
    );
  }
  const files = filesIn(folder);
  return { folder, files, read: readBundle(files, language) };
}

function filesIn(folder: string): BundleFiles {
  try {
    return readBundleFiles(folder);
  } catch (error) {
    if (!(error instanceof UnusableFiles)) throw error;
    throw new UsageError(`The folder ${folder} is not a policy bundle: ${error.message}.`);
  }
}

function deployedFolder(): string {
  const named = process.env['VALETKEY_POLICY'];
  if (named !== undefined && named !== '') return named;
  const config = readConfig(CONFIG_FILE);
  if (config.ok) return config.value.policy;
  throw new UsageError(
    formatBundleErrors(config.error, 'configuration'),
    'Correct it, or name the folder of the policy bundle with --policy DIR.',
  );
}
