import {
  type AttributeValue,
  DynamoDBClient,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { LISTING_KEY, QUARANTINE_KEY } from '../../adapters/dynamodb/keys.ts';

/**
 * Mocks of DynamoDB and STS that accept every call and record all calls in order; errors as AWS
 * throws them.
 */

export const CREDENTIALS = {
  AccessKeyId: 'ASIAVENDEDVENDEDVEND',
  SecretAccessKey: 'vended-secret-key-4711',
  SessionToken: 'vended-session-token-4711',
};

/** An Ed25519 key in its SubjectPublicKeyInfo (RFC 8410). */
const LEDGER_KEY = Buffer.concat([
  Buffer.from('302a300506032b6570032100', 'hex'),
  Buffer.alloc(32, 7),
]);

const STARTING = JSON.stringify(marshall(LISTING_KEY));
const QUARANTINE = JSON.stringify(marshall(QUARANTINE_KEY));

export type AwsCall = { readonly command: string; readonly input: unknown };

export function mockAws() {
  const dynamo = mockClient(DynamoDBClient);
  const sts = mockClient(STSClient);
  const kms = mockClient(KMSClient);
  const acceptAll = (): void => {
    dynamo.reset();
    sts.reset();
    kms.reset();
    kms.on(GetPublicKeyCommand).resolves({
      PublicKey: LEDGER_KEY,
      KeySpec: 'ECC_NIST_EDWARDS25519',
      KeyUsage: 'SIGN_VERIFY',
    });
    dynamo.onAnyCommand().resolves({});
    sts.on(AssumeRoleCommand).callsFake(({ DurationSeconds }: AssumeRoleCommandInput) => ({
      Credentials: {
        ...CREDENTIALS,
        Expiration: new Date(Date.now() + (DurationSeconds ?? 0) * 1000),
      },
    }));
  };
  acceptAll();
  const callsOf = (which: (call: AwsCall) => boolean): AwsCall[] =>
    [...dynamo.calls(), ...sts.calls()]
      .toSorted((a, b) => (a.calledBefore(b) ? -1 : 1))
      .map(({ args: [command] }) => ({ command: command.constructor.name, input: command.input }))
      .filter(({ input }) => !JSON.stringify(input).includes(STARTING))
      .filter(which);
  return {
    dynamo,
    sts,
    /** Forgets all calls and accepts every call again. */
    acceptAll,
    /**
     * Without what a Lambda reads while it starts, and the read of the quarantine: two seconds of calls share one, so that it
     * depends on the calls before whether a call has it. `everyCall` has it.
     */
    calls: (): AwsCall[] => callsOf(({ input }) => !isQuarantineRead(input)),
    /** Without what a Lambda reads while it starts. */
    everyCall: (): AwsCall[] => callsOf(() => true),
    transactions: (): TransactWriteItemsCommandInput[] =>
      dynamo.commandCalls(TransactWriteItemsCommand).map(({ args: [command] }) => command.input),
    assumedRoles: (): AssumeRoleCommandInput[] =>
      sts.commandCalls(AssumeRoleCommand).map(({ args: [command] }) => command.input),
  };
}

/** Strongly consistent: a read that may be older than the record is none of these. */
export function isQuarantineRead(input: unknown): boolean {
  const text = JSON.stringify(input);
  return text.includes(`"Key":${QUARANTINE}`) && text.includes('"ConsistentRead":true');
}

export type Aws = ReturnType<typeof mockAws>;

/** An error as the SDK throws it; its name is the error code. */
export function awsError(name: string, message = `${name} happened`): Error {
  return Object.assign(new Error(message), { name });
}

/** The same, of an answer in which AWS refuses the call. */
export function awsRefusal(name: string, message?: string): Error {
  return Object.assign(awsError(name, message), { $fault: 'client' });
}

/** The error of a transaction that was cancelled because of its part at `position`. */
export function cancelled(
  parts: number,
  position: number,
  reason: { readonly Code: string; readonly Item?: Record<string, AttributeValue> },
): TransactionCanceledException {
  return new TransactionCanceledException({
    message: `Transaction cancelled [${reason.Code}]`,
    $metadata: {},
    CancellationReasons: Array.from({ length: parts }, (_, at) =>
      at === position ? reason : { Code: 'None' },
    ),
  });
}

/** The position of the first part of a transaction that contains this text. */
export function partWith(input: TransactWriteItemsCommandInput, text: string): number {
  const at = (input.TransactItems ?? []).findIndex((part) => JSON.stringify(part).includes(text));
  if (at < 0) throw new Error(`no part of the transaction contains ${text}`);
  return at;
}
