import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Starts compiling Cedar's WebAssembly module. V8 compiles it in parallel with everything else that the
 * Lambda loads, so import this file first.
 */
export const cedarModule: Promise<WebAssembly.Module> = WebAssembly.compile(
  readFileSync(join(process.env['LAMBDA_TASK_ROOT'] ?? '', 'cedar_wasm_bg.wasm')),
);
