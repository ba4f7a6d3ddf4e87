import { readFileSync, statSync } from 'node:fs';
import type { BundleError } from '../../core/bundle/bundle.ts';
import { readYaml } from '../../core/bundle/yaml-file.ts';
import { type Config, configFile, DEFAULT_CONFIG } from '../../core/config/config-file.ts';
import { err, ok, type Result } from '../../core/result.ts';

export const CONFIG_FILE = 'valetkey.yaml';

/** @returns the defaults if the default file does not exist, or if a file is empty. */
export function readConfig(file: string): Result<Config, readonly BundleError[]> {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) {
    if (file === CONFIG_FILE) return ok(DEFAULT_CONFIG);
    return err([{ file, line: 1, message: 'does not exist' }]);
  }
  const text = readFileSync(file, 'utf8');
  if (text.replaceAll(/#.*$/gm, '').trim() === '') return ok(DEFAULT_CONFIG);
  const read = readYaml<Config>(file, text, configFile);
  return read.ok ? ok(read.value.value) : read;
}
