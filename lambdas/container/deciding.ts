import { readFileSync } from 'node:fs';
import { STSClient } from '@aws-sdk/client-sts';
import { loadCedar } from '../../adapters/cedar/cedar.ts';
import { cedarEngine, type ReportFault } from '../../adapters/cedar/policy-engine.ts';
import { cedarLanguage } from '../../adapters/cedar/policy-language.ts';
import { tokenVerifier } from '../../adapters/oidc/token-verifier.ts';
import { stsSessionIssuer } from '../../adapters/sts/session-issuer.ts';
import type { Bundle } from '../../core/bundle/bundle.ts';
import type { Issuer } from '../../core/issuer.ts';
import type { PolicyEngine, SessionIssuer } from '../../core/ports.ts';
import { logger } from '../logger.ts';
import { observedEngine, observedIssuer } from '../observed.ts';
import { AWS_CALL } from './aws-calls.ts';
import { clock, packaged } from './environment.ts';

/** The part of the composition root that decides who may have what, and vends it. */

export function bundle(): Bundle {
  return JSON.parse(readFileSync(packaged('bundle.json'), 'utf8')) as Bundle;
}

/** The files that the bundle was compiled from, as one text. */
export function bundleSource(): string {
  return readFileSync(packaged('source.json'), 'utf8');
}

export function engine(compiled: Bundle, cedar: WebAssembly.Module): PolicyEngine {
  const report: ReportFault = (fault) => logger.error('policy bundle fault', { fault });
  return observedEngine(cedarEngine(loadCedar(cedar), compiled, report));
}

/** What the compiler of bundles needs of Cedar. */
export function policyLanguage(cedar: WebAssembly.Module) {
  return cedarLanguage(loadCedar(cedar));
}

export function verifier(compiled: Bundle) {
  return tokenVerifier(compiled.issuers, issuerUrl, clock);
}

/** The issuer's URL, or the URL that stands in for it on the local stack. */
export function issuerUrl(issuer: Pick<Issuer, 'id' | 'url'>): string {
  const standIns = JSON.parse(process.env['ISSUER_URLS'] ?? '{}') as Record<string, string>;
  return standIns[issuer.id] ?? issuer.url;
}

export function sessionIssuer(): SessionIssuer {
  const report = (operation: string, errorName: string, role: string): void =>
    logger.error('AWS call failed', { operation, errorName, role });
  return observedIssuer(stsSessionIssuer(new STSClient(AWS_CALL), report));
}
