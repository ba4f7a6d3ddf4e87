#!/usr/bin/env node
import { cacheFile, readCached } from './credential-cache/process-cache.ts';

/**
 * The `valetkey` command. SDKs run `credential-process` often, so its cached answer is printed before
 * anything else is loaded.
 */
const [command = '', ...rest] = process.argv.slice(2);
// A sign-in that asks an AWS profile of ours must not get the keys that it is for.
const mayServe = command === 'credential-process' && !process.env['VALETKEY_SIGNING_IN'];
const cached = mayServe ? readCached(cacheFile(rest)) : null;
if (cached !== null) process.stdout.write(cached.output);
else {
  const argv = [command, ...rest].filter((word, at) => at > 0 || word !== '');
  void import('./program.ts').then(({ main }) => main(argv));
}
