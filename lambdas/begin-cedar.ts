import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Begins to compile Cedar's WebAssembly module, which V8 does beside everything else that the Lambda
 * loads. For that it must be imported before anything else.
 */
export const cedarModule: Promise<WebAssembly.Module> = WebAssembly.compile(
  readFileSync(join(process.env['LAMBDA_TASK_ROOT'] ?? '', 'cedar_wasm_bg.wasm')),
);
