import { findAction, readOnlyOf } from './actions.ts';
import type { Recording } from './meaning.ts';
import { REVIEWED } from './services/reviewed.ts';
import { type Service, words } from './services/service.ts';

/** KMS and STS record as reading what IAM counts as writing (KMS Developer Guide, "Logging AWS KMS API calls"). */
const RECORDED_AS_READING = new Set(
  words(`kms:Decrypt kms:Encrypt kms:GenerateDataKey kms:GenerateDataKeyPair kms:GenerateDataKeyPairWithoutPlaintext
    kms:GenerateDataKeyWithoutPlaintext kms:GenerateRandom kms:ReEncryptFrom kms:ReEncryptTo sts:AssumeRole
    sts:AssumeRoleWithSAML sts:AssumeRoleWithWebIdentity`),
);

/** Calls that hand out credentials: what their records say differs. */
const GIVES_CREDENTIALS = /^(?:sts|cognito-identity):Get(?!CallerIdentity)/;

const BY_SERVICE = new Map(REVIEWED.map((row) => [row.service, row]));
const READ = new Map<string, Recording>();

/** @param action one action, in any case; a pattern is no action */
export function recordingOf(action: string): Recording {
  const known = findAction(action)?.action;
  if (known === undefined) {
    return { kind: 'unreviewed', why: 'it is not in the list of actions' };
  }
  const read = READ.get(known) ?? readRecording(known);
  READ.set(known, read);
  return read;
}

function readRecording(action: string): Recording {
  const colon = action.indexOf(':');
  const service = BY_SERVICE.get(action.slice(0, colon));
  if (service === undefined) {
    return {
      kind: 'unreviewed',
      why: `how CloudTrail records ${action.slice(0, colon)} was not reviewed`,
    };
  }
  const name = action.slice(colon + 1);
  const readOnly = readOnlyIn(action);
  const data = service.data?.find(({ actions }) => words(actions).includes(name));
  if (data !== undefined) {
    const { types, withoutArn } = data;
    return { kind: 'data', types, readOnly, ...(withoutArn !== undefined && { withoutArn }) };
  }
  const none = service.none?.find(({ actions }) => words(actions).includes(name));
  if (none !== undefined) return { kind: 'none', why: none.why };
  return ofManagement(service, name, readOnly);
}

function readOnlyIn(action: string): boolean | null {
  if (RECORDED_AS_READING.has(action)) return true;
  return GIVES_CREDENTIALS.test(action) ? null : readOnlyOf(action);
}

function ofManagement(service: Service, name: string, readOnly: boolean | null): Recording {
  const unsure = service.unsure?.find(({ actions }) => words(actions).includes(name));
  if (unsure !== undefined) return { kind: 'unreviewed', why: unsure.why };
  if (service.management !== 'all' && !words(service.management).includes(name)) {
    return { kind: 'unreviewed', why: 'the page of the service does not say that it is recorded' };
  }
  return { kind: 'management', readOnly, source: `${service.sources[0]}.amazonaws.com` };
}
