import { setTimeout as sleep } from 'node:timers/promises';
import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { GetRolePolicyCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { marshall } from '@aws-sdk/util-dynamodb';
import { grantItem } from '../../../adapters/dynamodb/items.ts';
import { QUARANTINE_KEY } from '../../../adapters/dynamodb/keys.ts';
import type { Grant } from '../../../core/grant.ts';
import { killSwitchDocument, NOTHING_DENIED } from '../../../core/kill/deny-policy.ts';
import { OLDEST_READ_MS } from '../../../core/read-quarantine.ts';
import { awsError } from '../../support/mock-aws.ts';
import { activeGrant } from '../../support/sample-grants.ts';
import type { Fault, Faulty } from './faulty.ts';
import { eventRecord, ROLE, revokingGrant } from './records.ts';

/** Faults of what ends access. */

/** An error as the SDK throws it where AWS answered. */
const refused = (name: string) => Object.assign(awsError(name, name), { $fault: 'client' });

/** A table with this grant alone, whose role has a deny for it to come. */
function stored({ api: { aws } }: Faulty, grant: Grant, row: object = {}): void {
  const key = { pk: { S: `GRANT#${grant.id}` }, sk: { S: 'GRANT' } };
  aws.dynamo.on(GetItemCommand).resolves({});
  aws.dynamo.on(GetItemCommand, { Key: key }).resolves({ Item: grantItem(grant) });
  const { at = 1, until = 1 } = grant.kill ?? {};
  aws.dynamo.on(QueryCommand).callsFake(({ IndexName, ExpressionAttributeValues = {} }) => {
    const { ':shard': shard, ':orders': orders } = ExpressionAttributeValues;
    if (shard?.N === '0') return { Items: [marshall({ pk: `GRANT#${grant.id}`, dueAt: 1 })] };
    if (IndexName !== undefined || orders !== undefined) return { Items: [] };
    return { Items: [marshall({ sk: `DENY#${grant.id}`, at, until, ...row })] };
  });
}

/** The role has exactly the deny that it should have. */
function denied({ clients: { iam } }: Faulty, grant: Grant): void {
  const document = killSwitchDocument({ ...NOTHING_DENIED, patterns: [grant.id] });
  iam.on(GetRolePolicyCommand).resolves({ PolicyDocument: encodeURIComponent(document ?? '') });
}

/** All Lambdas share what one of them read of the quarantine, for two seconds. */
const forgotten = () => sleep(OLDEST_READ_MS + 1);

const overdue = (): Grant => activeGrant({ targetRole: ROLE, expiresAt: Date.now() - 600_000 });

const tableDown: Fault = (faulty) => {
  faulty.api.aws.dynamo.onAnyCommand().rejects(awsError('InternalServerError'));
  return faulty.run('sweep', {});
};

export const ENDING_FAULTS: Readonly<Record<string, Fault>> = {
  Quarantine: async (faulty) => {
    const by = 'broker';
    const facts = { revision: 'ev_1', cause: 'order', at: 1, by, reason: 'a test', release: null };
    const Item = marshall({ ...QUARANTINE_KEY, ...facts });
    await forgotten();
    faulty.api.aws.dynamo.on(GetItemCommand, { Key: marshall(QUARANTINE_KEY) }).resolves({ Item });
    const seen = await faulty.run('sweep', {});
    await forgotten();
    return seen;
  },
  KillSwitch: (faulty) => {
    const grant = revokingGrant();
    stored(faulty, grant);
    faulty.clients.iam.on(PutRolePolicyCommand).rejects(refused('AccessDenied'));
    return faulty.run('kill', { grantId: grant.id });
  },
  Overflow: (faulty) => {
    const grant = revokingGrant();
    stored(faulty, grant, { principalKey: 'ana-1', begins: false });
    const { iam } = faulty.clients;
    iam.on(PutRolePolicyCommand).callsFake(({ PolicyDocument = '' }) => {
      if (PolicyDocument.includes('EndedGrants')) throw refused('LimitExceeded');
      return {};
    });
    iam.on(GetRolePolicyCommand).rejects(refused('AccessDenied'));
    return faulty.run('kill', { grantId: grant.id });
  },
  KeysOutlived: (faulty) => faulty.run('publish', eventRecord({ type: 'outlived', reason: 'x' })),
  RevokeSlow: (faulty) =>
    faulty.run('publish', eventRecord({ type: 'revoked', reason: 'x', killSeconds: 31 })),
  Repaired: (faulty) => {
    stored(faulty, overdue());
    return faulty.run('sweep', {});
  },
  SweepFails: tableDown,
  SweepSilent: tableDown,
};

export const ENDING_ROUTINE: readonly Fault[] = [
  (faulty) => {
    faulty.api.aws.dynamo.on(QueryCommand).resolves({ Items: [] });
    return faulty.run('sweep', {});
  },
  (faulty) => {
    const grant = revokingGrant();
    stored(faulty, grant);
    denied(faulty, grant);
    return faulty.run('kill', { grantId: grant.id });
  },
];
