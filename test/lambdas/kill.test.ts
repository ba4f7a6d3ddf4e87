import { DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { GetRolePolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { grantItem } from '../../adapters/dynamodb/items.ts';
import { CONTEXT } from '../support/api-call.ts';
import { captureLog } from '../support/capture-log.ts';
import { ACCOUNT, lambdaEnvironment } from '../support/lambda-environment.ts';
import { awsError } from '../support/mock-aws.ts';
import { activeGrant } from '../support/sample-grants.ts';

/** What the kill Lambda logs, because alarms count it and runbooks begin with it. */

const log = captureLog();
const role = `arn:aws:iam::${ACCOUNT}:role/valetkey/artifacts`;
const until = Date.now() + 660_000;
const GRANT = activeGrant({
  status: 'revoking',
  targetRole: role,
  expiresAt: until,
  keysValidUntil: until,
  kill: { roles: [role], at: Date.now(), until },
});
const dynamo = mockClient(DynamoDBClient);
const iam = mockClient(IAMClient);
let removeFolder: () => void;

beforeAll(() => {
  removeFolder = lambdaEnvironment();
  dynamo.onAnyCommand().resolves({});
  dynamo
    .on(GetItemCommand)
    .resolves({})
    .on(GetItemCommand, { Key: { pk: { S: `GRANT#${GRANT.id}` }, sk: { S: 'GRANT' } } })
    .resolves({ Item: grantItem(GRANT) });
});
afterAll(() => {
  removeFolder();
  log.restore();
});

/** An error as the SDK throws it where AWS answered. */
const refused = (name: string) => Object.assign(awsError(name, name), { $fault: 'client' });

const kill = async (): Promise<unknown> => {
  log.clear();
  const { handler } = (await import('../../lambdas/kill.lambda.ts')) as {
    handler: (event: unknown, context: unknown) => Promise<unknown>;
  };
  return handler({ grantId: GRANT.id }, CONTEXT);
};

test('a kill switch that cannot be written is logged with its role and the grant', async () => {
  iam.on(PutRolePolicyCommand).rejects(refused('AccessDenied'));
  const row = { sk: `DENY#${GRANT.id}`, at: 1, until };
  dynamo.on(QueryCommand).resolves({ Items: [marshall(row)] });
  await expect(kill()).rejects.toThrow();
  const logged = { role, grantId: GRANT.id, code: 'refused', reason: 'AccessDenied' };
  const failed = log.lines().filter(({ message }) => message === 'kill switch not written');
  expect(failed).toEqual([expect.objectContaining({ ...logged, level: 'ERROR' })]);
});

test('an overflow is logged as a warning, with role and time', async () => {
  const room = (input: { readonly PolicyDocument?: string | undefined }) => {
    if (input.PolicyDocument?.includes('EndedGrants')) throw refused('LimitExceeded');
    return {};
  };
  iam.on(PutRolePolicyCommand).callsFake(room);
  iam.on(GetRolePolicyCommand).rejects(refused('AccessDenied'));
  const row = { sk: `DENY#${GRANT.id}`, at: 1, until, principalKey: 'ana-1', begins: false };
  dynamo.on(QueryCommand).resolves({ Items: [marshall(row)] });
  await kill().catch(() => undefined);
  const warned = log.lines().filter(({ message }) => message === 'kill switch overflow');
  const cutoff = 32_000;
  expect(warned).toEqual([expect.objectContaining({ role, principals: [], cutoff })]);
});
