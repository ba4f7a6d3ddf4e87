import { randomUUID } from 'node:crypto';
import { copyFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cedarModule, loadCedar } from '../adapters/cedar/cedar.ts';
import { cedarLanguage } from '../adapters/cedar/policy-language.ts';
import { readBundleFiles } from '../adapters/files/bundle-files.ts';
import type { Bundle } from '../core/bundle/bundle.ts';
import { compileBundle } from '../core/policy/compile-bundle.ts';
import type { ApiEvent, ApiHandler } from '../lambdas/middleware/api-call.ts';

/** The real vend handler in this process, and an event as API Gateway sends it. */

/** No benchmark meets them. */
const LIMITS = 'users: { requestsPerMinute: 6000 }\n';

/** A folder with the example bundle and these limits. */
export function benchPolicy(): string {
  const folder = join('.valetkey', 'bench-policy');
  rmSync(folder, { recursive: true, force: true });
  cpSync('policy', folder, { recursive: true });
  writeFileSync(join(folder, 'limits.yaml'), LIMITS);
  return folder;
}

export function exampleBundle(): Bundle {
  const compiled = compileBundle(
    new Map([...readBundleFiles('policy'), ['limits.yaml', LIMITS]]),
    cedarLanguage(loadCedar(cedarModule())),
  );
  if (!compiled.ok) throw new Error('the example bundle does not compile');
  return compiled.value;
}

/** Imports `lambdas/vend.lambda.ts` as the Lambda runtime would, with this environment. */
export async function vendHandler(env: Readonly<Record<string, string>>): Promise<ApiHandler> {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-bench-'));
  writeFileSync(join(folder, 'bundle.json'), JSON.stringify(exampleBundle()));
  copyFileSync(cedarModule(), join(folder, 'cedar_wasm_bg.wasm'));
  const metrics = { POWERTOOLS_METRICS_NAMESPACE: 'ValetKey', POWERTOOLS_SERVICE_NAME: 'vend' };
  Object.assign(process.env, { LAMBDA_TASK_ROOT: folder, ...metrics, ...env });
  return (await import('../lambdas/vend.lambda.ts')).handler;
}

export const VEND_BODY = {
  entitlement: 'artifacts-read',
  parameters: { prefix: 'releases/2026-11' },
  durationSeconds: 1800,
  justification: 'Roll back release 4711',
};

export function vendEvent(token: string, body: object = VEND_BODY): ApiEvent {
  const path = '/v1/credentials';
  return {
    version: '2.0',
    routeKey: `POST ${path}`,
    rawPath: path,
    rawQueryString: '',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    requestContext: {
      accountId: '000000000000',
      apiId: 'bench',
      domainName: 'bench',
      domainPrefix: 'bench',
      http: {
        method: 'POST',
        path,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: 'bench',
      },
      requestId: randomUUID(),
      routeKey: `POST ${path}`,
      stage: '$default',
      time: '',
      timeEpoch: 0,
    },
    body: JSON.stringify(body),
    isBase64Encoded: false,
  };
}
