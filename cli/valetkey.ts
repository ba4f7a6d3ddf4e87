#!/usr/bin/env node
import { cacheFile, readCached } from './credential-cache/process-cache.ts';

/** As package.json says; a test compares them. */
const OLDEST_NODE = 20;

/**
 * The `valetkey` command. SDKs run `credential-process` often, so its cached answer is printed before
 * anything else is loaded.
 */
const [command = '', ...rest] = process.argv.slice(2);
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < OLDEST_NODE) {
  // The rest is not loaded: this Node may not be able to read it.
  process.stderr.write(
    `valetkey: This is Node ${process.versions.node}, and valetkey needs Node ${OLDEST_NODE} or newer.\nInstall a newer one (https://nodejs.org), or put it first in PATH.\n`,
  );
  process.exitCode = 1;
} else start();

function start(): void {
  // A sign-in that asks an AWS profile of ours must not get the keys that it is for.
  const mayServe = command === 'credential-process' && !process.env['VALETKEY_SIGNING_IN'];
  const cached = mayServe ? cachedOutput() : null;
  if (cached !== null) {
    process.stdout.write(cached);
    return;
  }
  const argv = [command, ...rest].filter((word, at) => at > 0 || word !== '');
  void import('./program.ts').then(({ main }) => main(argv));
}

/** What cannot be read is not in the cache: the program says what is wrong with the folder. */
function cachedOutput(): string | null {
  try {
    return readCached(cacheFile(rest))?.output ?? null;
  } catch {
    return null;
  }
}
