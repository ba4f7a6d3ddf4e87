import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { cedarModule } from '../../adapters/cedar/cedar.ts';
import { exampleBundle } from './bundles.ts';
import type { TestIssuer } from './test-issuer.ts';

/**
 * What Lambda gives the code when it starts: the package's folder and the environment variables.
 */

export const ACCOUNT = '123456789012';
const REGION = 'eu-central-1';
const TABLE_NAME = 'grants';
const STATE_MACHINE = `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:grant`;

/**
 * Sets the environment of a Lambda. Call it before the Lambda is imported.
 *
 * @returns a function that removes the package's folder
 */
export function lambdaEnvironment(issuer?: Pick<TestIssuer, 'urls'>): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-test-'));
  writeFileSync(join(folder, 'bundle.json'), JSON.stringify(exampleBundle()));
  writeFileSync(join(folder, 'source.json'), SOURCE);
  writeFileSync(join(folder, 'usage.json'), 'null');
  copyFileSync(cedarModule(), join(folder, 'cedar_wasm_bg.wasm'));
  writePage(join(folder, 'page'));
  Object.assign(process.env, {
    LAMBDA_TASK_ROOT: folder,
    TABLE_NAME,
    STATE_MACHINE_ARN: STATE_MACHINE,
    KILL_FUNCTION: 'kill',
    KILL_ROLE: '/valetkey/ValetKey-kill',
    EVENT_BUS: 'events',
    APPROVERS_TOPIC: `arn:aws:sns:${REGION}:${ACCOUNT}:approvers`,
    SECURITY_TOPIC: `arn:aws:sns:${REGION}:${ACCOUNT}:security`,
    REQUESTERS_TOPIC: `arn:aws:sns:${REGION}:${ACCOUNT}:requesters`,
    OCSF_VERSION: '1.9.0',
    RESTORE_TESTING_PLAN: 'ValetKey_weekly',
    LEDGER_BUCKET: 'ledger',
    LEDGER_ENTRIES: 'events',
    LEDGER_KEY: `arn:aws:kms:${REGION}:${ACCOUNT}:key/ledger`,
    LEDGER_ORIGIN: 'broker.acme.example/log',
    API_URL: 'https://valetkey.acme.example',
    ACCOUNT_ID: ACCOUNT,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'AKIATESTTESTTESTTEST',
    AWS_SECRET_ACCESS_KEY: 'the-lambda-own-key',
    POWERTOOLS_DEV: 'true',
    ...(issuer && { ISSUER_URLS: JSON.stringify(issuer.urls) }),
  });
  return () => rmSync(folder, { recursive: true, force: true });
}

/** A page of two files: building the real one takes a second. */
function writePage(folder: string): void {
  mkdirSync(join(folder, 'assets'), { recursive: true });
  const files = { 'index.html': PAGE, 'assets/start-AAAA.js': SCRIPT, 'assets/app-AAAA.css': '' };
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(text));
  }
}

export const PAGE = '<!doctype html><title>Valet Key</title>';
export const SCRIPT = 'console.log("ready");';

/** The ledger keeps it as it is. */
export const SOURCE = '["the files of the bundle"]';
