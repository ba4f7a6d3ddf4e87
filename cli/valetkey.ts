#!/usr/bin/env node
import { cacheFile, readCached } from './credential-cache/process-cache.ts';

/**
 * The `valetkey` command. SDKs run `credential-process` often, so its cached answer is printed before
 * anything else is loaded.
 */
const [command = '', ...rest] = process.argv.slice(2);
const cached = command === 'credential-process' ? readCached(cacheFile(rest)) : null;
if (cached !== null) process.stdout.write(cached.output);
else {
  const argv = [command, ...rest].filter((word, at) => at > 0 || word !== '');
  void import('./program.ts').then(({ main }) => main(argv));
}
