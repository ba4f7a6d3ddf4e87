import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** For the environment of Node processes that tests start: they compile each file only once. */
export const COMPILE_CACHE = { NODE_COMPILE_CACHE: join(tmpdir(), 'valetkey-compile-cache') };
