import { cedarModule, loadCedar } from '../../adapters/cedar/cedar.ts';
import { cedarEngine } from '../../adapters/cedar/policy-engine.ts';
import { cedarLanguage } from '../../adapters/cedar/policy-language.ts';
import { readBundleFiles } from '../../adapters/files/bundle-files.ts';
import type { Bundle, BundleFiles } from '../../core/bundle/bundle.ts';
import { compileBundle } from '../../core/policy/compile-bundle.ts';
import type { PolicyEngine } from '../../core/ports.ts';

/**
 * Policy bundles, compiled with the real Cedar: a small one with the entitlement `read` (`files`,
 * `compiled`), the example bundle of `policy/` (`exampleBundle`), and their policy engine
 * (`engineOf`).
 */

export const cedar = loadCedar(cedarModule());
export const language = cedarLanguage(cedar);

export const ISSUERS = `issuers:
  - { id: people, type: User, url: https://login.acme.example, audience: valetkey, clientId: cli, subject: [sub], name: email, groups: groups, mfa: { amr: [mfa] } }
  - { id: github, type: Workload, url: https://ci.acme.example, audience: valetkey, subject: [owner, repo], name: repository, tags: [ref, protected] }
`;

export const READ = `id: read
title: Read
risk: low
labels: [data]
target: arn:aws:iam::{{account}}:role/valetkey/read
maxDuration: 8h
parameters:
  prefix: { pattern: '[a-z0-9/]{1,20}', description: Prefix }
statements:
  - { Effect: Allow, Action: ['s3:GetObject'], Resource: 'arn:aws:s3:::acme/{{prefix}}/*' }
`;

export const PERMIT_READ = `@id("read-is-fine")
permit (
  principal in ValetKey::Group::"people:readers",
  action in [ValetKey::Action::"request", ValetKey::Action::"autoApprove"],
  resource == ValetKey::Entitlement::"read"
);
`;

/** Lets the group `auditors` see the grants of all principals. */
export const PERMIT_AUDIT = `${PERMIT_READ}
@id("auditors-audit")
permit (
  principal in ValetKey::Group::"people:auditors",
  action == ValetKey::Action::"audit",
  resource == ValetKey::Broker::"broker"
);
`;

/** Tests ask for much at one moment. */
const LIMITS = `users: { requestsPerMinute: 6000, openRequests: 1000, openRequestsPerEntitlement: 1000 }
workloads: { requestsPerMinute: 6000, openRequests: 1000, openRequestsPerEntitlement: 1000 }
vendsPerMinute: 6000
coolDown: { afterDenials: 100 }
`;

/** The files of the small bundle with changes; null removes a file. */
export function files(changes: Readonly<Record<string, string | null>> = {}): BundleFiles {
  const all: Record<string, string | null> = {
    'issuers.yaml': ISSUERS,
    'limits.yaml': LIMITS,
    'entitlements/read.yaml': READ,
    'policies/read.cedar': PERMIT_READ,
    ...changes,
  };
  return new Map(
    Object.entries(all).flatMap(([path, text]) => (text === null ? [] : [[path, text]])),
  );
}

export function compiled(from: BundleFiles = files()): Bundle {
  const bundle = compileBundle(from, language);
  if (!bundle.ok) throw new Error(JSON.stringify(bundle.error, null, 1));
  return bundle.value;
}

export function exampleBundle(): Bundle {
  return compiled(readBundleFiles('policy'));
}

export function engineOf(bundle: Bundle, faults: unknown[] = []): PolicyEngine {
  return cedarEngine(cedar, bundle, (fault) => faults.push(fault));
}
