import { readFileSync } from 'node:fs';
import * as cedar from '@cedar-policy/cedar-wasm/web';

/** Cedar's engine, ready to answer. */
export type Cedar = typeof cedar;

/**
 * Compiles Cedar's WebAssembly module; once per process, later calls return at once.
 *
 * @param module where `cedar_wasm_bg.wasm` lies.
 */
export function loadCedar(module: URL | string): Cedar {
  cedar.initSync({ module: readFileSync(module) });
  return cedar;
}

/** The module as npm installs it, for everything that runs outside a bundled Lambda. */
export function cedarModule(): string {
  const entry = new URL(import.meta.resolve('@cedar-policy/cedar-wasm/web'));
  return new URL('cedar_wasm_bg.wasm', entry).pathname;
}
