import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as cedar from '@cedar-policy/cedar-wasm/web';

/** Cedar's functions, once its WebAssembly module is loaded. */
export type Cedar = typeof cedar;

/** Loads Cedar's WebAssembly module, once per process; later calls return immediately. */
export function loadCedar(module: WebAssembly.Module | string): Cedar {
  const source = typeof module === 'string' ? readFileSync(module) : module;
  cedar.initSync({ module: source });
  return cedar;
}

/** Path of the module as npm installs it, for everything that runs outside of a bundled Lambda. */
export function cedarModule(): string {
  // Both builds contain the same module, but only this one resolves with every loader.
  const entry = createRequire(import.meta.url).resolve('@cedar-policy/cedar-wasm/nodejs');
  return join(dirname(entry), 'cedar_wasm_bg.wasm');
}
