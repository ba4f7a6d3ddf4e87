import { Broker } from './broker.ts';
import type { Place } from './cdk.ts';
import type { Site } from './checks/checks.ts';
import { CHAINED, EXPIRY, REVOKE } from './checks/endings.ts';
import { PARALLEL_VENDS, SCOPE, VEND } from './checks/keys.ts';
import { FAILED_DEPLOYMENT, SECOND_DEPLOYMENT, WORKFLOW } from './checks/system.ts';
import type { Run } from './names.ts';
import { makeBucket } from './objects.ts';
import type { Prepared } from './prepare.ts';
import type { Report } from './report.ts';
import { awsTokens, emulatorTokens, enableAwsIssuer } from './tokens.ts';
import { writeBundle } from './write-bundle.ts';

const CHECKS = [
  ...[VEND, SCOPE, EXPIRY, REVOKE, CHAINED, PARALLEL_VENDS, WORKFLOW],
  ...[FAILED_DEPLOYMENT, SECOND_DEPLOYMENT],
];

/** Deploys, and makes all checks; one that fails stops none of the others. */
export async function play(
  run: Run,
  prepared: Prepared,
  place: Place,
  report: Report,
  signal: AbortSignal,
): Promise<void> {
  const { cdk } = prepared;
  const issuerUrl = prepared.issuerUrl ?? (await enableAwsIssuer(run));
  const source = place.issuerUrl === null ? awsTokens : emulatorTokens;
  const tokens = await source(run, issuerUrl);
  report.log(`tokens of ${issuerUrl} for ${tokens.subject}`);
  await makeBucket(run);
  const subject = {
    issuerUrl: place.issuerUrl === null ? issuerUrl : 'https://issuer.example',
    principal: tokens.subject,
  };
  writeBundle(run, subject, { doomed: true, broken: false });
  report.log('deploying');
  const outputs = await cdk.deploy();
  report.log(`deployed; the API is ${outputs.apiUrl}`);
  const broker = new Broker(run, outputs.apiUrl, tokens, signal);
  const site: Site = { run, broker, cdk, outputs, subject };
  for (const check of CHECKS) await report.check(check, site, signal);
}
