import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { STSClient } from '@aws-sdk/client-sts';
import { loadCedar } from '../adapters/cedar/cedar.ts';
import { cedarEngine } from '../adapters/cedar/policy-engine.ts';
import { dynamoGrantStore } from '../adapters/dynamodb/grant-store.ts';
import { tokenVerifier } from '../adapters/oidc/token-verifier.ts';
import { sfnWorkflowStarter } from '../adapters/sfn/workflow-starter.ts';
import { stsSessionIssuer } from '../adapters/sts/session-issuer.ts';
import type { Bundle } from '../core/bundle/bundle.ts';
import type { Deployment } from '../core/entitlement.ts';
import type { Issuer } from '../core/issuer.ts';
import type { GrantStore, PolicyEngine, SessionIssuer } from '../core/ports.ts';
import { logger } from './logger.ts';

/**
 * The composition root: which adapter stands behind which port. Each Lambda calls what it needs,
 * while it initialises; Region and endpoints come from the SDK's own environment.
 */

/** A call that has not answered by then fails: the caller gets a 503, not a gateway time-out. */
const AWS_CALL = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
};

export const clock = (): number => Date.now();
export const random = (length: number): Uint8Array => randomBytes(length);

export function bundle(): Bundle {
  return JSON.parse(readFileSync(packaged('bundle.json'), 'utf8')) as Bundle;
}

export function deployment(): Deployment {
  return { account: env('ACCOUNT_ID'), region: env('AWS_REGION') };
}

export function engine(compiled: Bundle, cedar: WebAssembly.Module): PolicyEngine {
  return cedarEngine(loadCedar(cedar), compiled, (fault) => {
    logger.error('policy bundle fault', { fault });
  });
}

export function store(): GrantStore {
  const table = {
    client: new DynamoDBClient(AWS_CALL),
    name: env('TABLE_NAME'),
    report: reportFailure,
  };
  return dynamoGrantStore(table, clock);
}

export function sessionIssuer(): SessionIssuer {
  return stsSessionIssuer(new STSClient(AWS_CALL), (operation, errorName) => {
    logger.error('AWS call failed', { operation, errorName });
  });
}

export function workflowStarter() {
  return sfnWorkflowStarter(new SFNClient(AWS_CALL), env('STATE_MACHINE_ARN'));
}

export function verifier(compiled: Bundle) {
  return tokenVerifier(compiled.issuers, issuerUrl, clock);
}

/** The issuer's address; on the local stack another one stands in for it. */
export function issuerUrl(issuer: Pick<Issuer, 'id' | 'url'>): string {
  const standIns = JSON.parse(process.env['ISSUER_URLS'] ?? '{}') as Record<string, string>;
  return standIns[issuer.id] ?? issuer.url;
}

/** Only the error's name and message: what was sent is never logged. */
function reportFailure(operation: string, error: unknown): void {
  const { name, message } = error instanceof Error ? error : { name: 'unknown', message: '' };
  logger.error('AWS call failed', { operation, errorName: name, errorMessage: message });
}

/** What was packed beside the handler. */
function packaged(file: string): string {
  return join(env('LAMBDA_TASK_ROOT'), file);
}

function env(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`the environment lacks ${name}`);
  return value;
}
