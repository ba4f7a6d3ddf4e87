import type { Logs } from '../../../core/usage/covers.ts';
import type { GrantToRead } from '../../../core/usage/fold-grant.ts';
import { UsageFold } from '../../../core/usage/fold-usage.ts';
import type { Meaning, Recording } from '../../../core/usage/meaning.ts';
import type { GrantRead } from '../../../core/usage/merge-uses.ts';
import type { TrailRecord } from '../../../core/usage/record.ts';
import type { Trail } from '../../../core/usage/trail.ts';
import type { ReadPart } from '../../../core/usage/usage-ports.ts';
import type { GrantUsage } from '../../../core/usage.ts';

export const BEGIN = Date.parse('2026-11-25T10:00:00Z');
export const SECOND = 1000;
export const END = BEGIN + 3600 * SECOND;
export const ACCOUNT = '111122223333';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/valetkey/artifacts`;
export const CHAINED = 'arn:aws:iam::444455556666:role/deploy';
export const BROKER = 'arn:aws:iam::999988887777:role/valetkey-vend';
export const GRANT = `gr_${'0'.repeat(20)}`;

const RECORDINGS: Readonly<Record<string, Recording>> = {
  's3:GetObject': { kind: 'data', types: ['AWS::S3::Object'], readOnly: true },
  's3:PutObject': { kind: 'data', types: ['AWS::S3::Object'], readOnly: false },
  's3:ListAllMyBuckets': { kind: 'management', readOnly: true, source: 's3.amazonaws.com' },
  'kms:Decrypt': { kind: 'management', readOnly: true, source: 'kms.amazonaws.com' },
  'kms:CreateKey': { kind: 'management', readOnly: false, source: 'kms.amazonaws.com' },
  'iam:GetRole': { kind: 'management', readOnly: true, source: 'iam.amazonaws.com' },
  'iam:PassRole': { kind: 'none', why: 'passing a role is no call' },
  'sts:AssumeRole': { kind: 'management', readOnly: true, source: 'sts.amazonaws.com' },
  'logs:StartQuery': { kind: 'unreviewed', why: 'nobody has reviewed the service' },
  'cloudwatch:ListMetrics': {
    ...{ kind: 'management', readOnly: null, source: 'monitoring.amazonaws.com' },
  },
};

export const ACTIONS = Object.keys(RECORDINGS);
const SEVERAL: Readonly<Record<string, readonly string[]>> = {
  's3:CopyObject': ['s3:GetObject', 's3:PutObject'],
  's3:ListBuckets': ['s3:ListAllMyBuckets'],
};

/** A small stand-in for the reviewed data of the services. */
export const MEANING: Meaning = {
  grantOf: ({ sourceIdentity }) => /\.(gr_\w+)$/.exec(sourceIdentity ?? '')?.[1] ?? null,
  actionsOf: ({ source, name }) => {
    const service = source.replace('monitoring', 'cloudwatch').split('.')[0];
    const action = `${service}:${name}`;
    return SEVERAL[action] ?? (Object.hasOwn(RECORDINGS, action) ? [action] : []);
  },
  unprovenActionsOf: () => [],
  resourceOf: ({ resources }) => resources[0]?.arn ?? null,
  servicesOf: (source) => [source.replace('monitoring', 'cloudwatch').split('.')[0] ?? ''],
  checkedBeside: (called, other) =>
    called === 's3:PutObject' && other === 'kms:Decrypt' ? 'the object may be encrypted' : null,
  recordingOf: (action) => RECORDINGS[action] ?? { kind: 'unreviewed', why: 'not known' },
  expandAction: (pattern) => {
    const [service = ''] = pattern.toLowerCase().split(':');
    if (!ACTIONS.some((action) => service === '*' || action.startsWith(`${service}:`))) return null;
    const text = pattern.replace(/[*?]/g, (wildcard) => (wildcard === '*' ? '.*' : '.'));
    return ACTIONS.filter((action) => new RegExp(`^${text}$`, 'i').test(action));
  },
};

let count = 0;

/** Reads an object of a bucket, ten minutes into the grant. */
export function record(changes: Partial<TrailRecord> = {}): TrailRecord {
  count += 1;
  return {
    eventId: `e0000000-0000-4000-8000-${String(count).padStart(12, '0')}`,
    ...{ sharedEventId: null, at: BEGIN + 600 * SECOND },
    ...{ source: 's3.amazonaws.com', name: 'GetObject', region: 'eu-west-1' },
    ...{ account: ACCOUNT, callerAccount: ACCOUNT, error: null, errorMessage: null },
    ...{ sourceIdentity: `p4f6.${GRANT}`, givesIdentity: false, role: ROLE, sessionName: 'vk_1' },
    ...{ accessKeyId: 'ASIAEXAMPLE', sourceIp: '192.0.2.7', userAgent: 'aws-cli/2.31.0 md/x' },
    ...{ invokedBy: null, category: 'Data', request: {} },
    resources: [{ arn: 'arn:aws:s3:::acme/a', type: 'AWS::S3::Object' }],
    ...changes,
  };
}

/** The vend of the grant's keys, as the account of its role records it. */
export const vend = (changes: Partial<TrailRecord> = {}): TrailRecord =>
  record({
    ...{ source: 'sts.amazonaws.com', name: 'AssumeRole', at: BEGIN, role: BROKER, resources: [] },
    ...{ category: 'Management', request: { roleArn: ROLE, sourceIdentity: `p4f6.${GRANT}` } },
    givesIdentity: true,
    ...changes,
  });

export const called = (action: string, changes: Partial<TrailRecord> = {}): TrailRecord => {
  const [service = '', name = ''] = action.split(':');
  const source = `${service === 'cloudwatch' ? 'monitoring' : service}.amazonaws.com`;
  return record({ source, name, ...changes });
};

export const refused = (action: string, changes: Partial<TrailRecord> = {}): TrailRecord =>
  called(action, { error: 'AccessDenied', ...changes });

export function wantedGrant(changes: Partial<GrantToRead> = {}): GrantToRead {
  return {
    ...{ id: GRANT, entitlement: 'artifacts-read', principal: 'people:ana' },
    ...{ createdAt: BEGIN, endedAt: END, expiresAt: END },
    ...{ targetRole: ROLE, roles: [ROLE, CHAINED], networks: ['192.0.2.0/24'] },
    ...changes,
  };
}

export const FILE: ReadPart = { kind: 'file', name: 'a.json.gz', bytes: 1000, records: 10 };
export const READING = { source: 'files', from: BEGIN, until: END + 900 * SECOND } as const;

export const asPart = (one: TrailRecord): ReadPart => ({ kind: 'record', record: one });

/** The usage of one grant, from one file with these records. */
export function usageOf(
  records: readonly TrailRecord[],
  grant: Partial<GrantToRead> = {},
  parts: readonly ReadPart[] = [FILE],
): GrantUsage {
  const fold = new UsageFold(MEANING, [wantedGrant(grant)], READING);
  for (const part of [...records.map(asPart), ...parts]) fold.add(part);
  return fold.usageOf(grant.id ?? GRANT);
}

/** A grant that ended, with its vend and these records. */
export function grantRead(
  records: readonly TrailRecord[],
  changes: Partial<GrantRead> = {},
): GrantRead {
  const { id = GRANT, principal = 'people:ana' } = changes;
  const own = [vend(), ...records].map((one) => ({ ...one, sourceIdentity: `p4f6.${id}` }));
  return {
    ...{ id, principal, name: 'ana@acme.example', from: BEGIN, until: END },
    usage: usageOf(own, { id, principal }),
    ...changes,
  };
}

/** Records everything, everywhere. */
export const TRAIL: Trail = {
  ...{ name: 'all', account: null, regions: null, logging: true, management: 'all' },
  since: 0,
  leftOut: [],
  data: [{ type: 'AWS::S3::Object', prefixes: null, which: 'all' }],
  notUnderstood: [],
};

export const LOGS: Logs = { trails: [TRAIL], accounts: null, regions: null };
