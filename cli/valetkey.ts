#!/usr/bin/env node
import { cacheFile, readCached } from './credential-cache/process-cache.ts';

/**
 * The `valetkey` command. SDKs run `credential-process` often: what it answered last is answered again
 * before anything else is loaded.
 */
const [command = '', ...rest] = process.argv.slice(2);
const cached = command === 'credential-process' ? readCached(cacheFile(rest)) : null;
if (cached !== null) process.stdout.write(cached.output);
else {
  const argv = [command, ...rest].filter((it, at) => at > 0 || it !== '');
  void import('./program.ts').then(({ main }) => main(argv));
}
