import { sampleClaims } from './dev-issuers.ts';
import { startStack } from './stack.ts';

/**
 * `npm run local`: runs the stack until Ctrl-C. VALETKEY_STATE and VALETKEY_POLICY name its
 * folders.
 */

const begun = performance.now();
const log = (line: string): void => {
  console.log(`${((performance.now() - begun) / 1000).toFixed(1).padStart(6)} s  ${line}`);
};

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => stopping.abort());
}

try {
  const policyDir = process.env['VALETKEY_POLICY'] ?? 'policy';
  const stack = await startStack({
    stateDir: process.env['VALETKEY_STATE'] ?? '.valetkey',
    policyDir,
    log,
    signal: stopping.signal,
  });
  log('ready');
  const { apiUrl, issuers } = stack.state;
  const sample = sampleClaims(policyDir);
  console.log(`
The page:  ${apiUrl}/
The API:   ${apiUrl}
Issuers:   ${Object.entries(issuers)
    .map(([id, url]) => `${id} ${url}`)
    .join('\n           ')}

A token:   curl -s ${issuers[sample.id]}/dev/token -d '${JSON.stringify(sample.claims)}'
Stop:      Ctrl-C
`);
  await new Promise<void>((resolve) => {
    if (stopping.signal.aborted) resolve();
    stopping.signal.addEventListener('abort', () => resolve());
  });
  log('stopping');
  await stack.stop();
  log('stopped');
} catch (error) {
  if (!stopping.signal.aborted) {
    console.error(
      `\nThe local stack did not start: ${error instanceof Error ? error.message : error}`,
    );
    process.exitCode = 1;
  } else {
    log('stopped');
  }
}
