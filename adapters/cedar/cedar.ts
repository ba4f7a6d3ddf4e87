import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as cedar from '@cedar-policy/cedar-wasm/web';

/** Cedar's engine, ready to answer. */
export type Cedar = typeof cedar;

/** Readies Cedar's WebAssembly module; once per process, later calls return at once. */
export function loadCedar(module: WebAssembly.Module | string): Cedar {
  const source = typeof module === 'string' ? readFileSync(module) : module;
  cedar.initSync({ module: source });
  return cedar;
}

/** The module as npm installs it, for everything that runs outside a bundled Lambda. */
export function cedarModule(): string {
  // Both builds ship the same module; only this one can be found by every loader.
  const entry = createRequire(import.meta.url).resolve('@cedar-policy/cedar-wasm/nodejs');
  return join(dirname(entry), 'cedar_wasm_bg.wasm');
}
