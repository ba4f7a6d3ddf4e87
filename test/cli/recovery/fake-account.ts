import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The account of a broker as `valetkey recover` sees it: DynamoDB, CloudFormation and Lambda on loopback. */
export type FakeAccount = {
  readonly url: string;
  /** The names of the DynamoDB calls that change something, and the inputs of the Lambda. */
  readonly changes: readonly string[];
  readonly orders: readonly Record<string, unknown>[];
  readonly close: () => Promise<void>;
};

export type Account = {
  readonly table: { [name: string]: unknown };
  readonly settings: { stream: boolean; ttl: boolean; pitr: boolean; protection: boolean };
  /** The outputs of the broker's stack. */
  readonly outputs: Readonly<Record<string, string>>;
  /** What the Lambda answers, in turn. */
  readonly answers: object[];
};

export async function fakeAccount(account: Account): Promise<FakeAccount> {
  const changes: string[] = [];
  const orders: Record<string, unknown>[] = [];
  const server = createServer(async (request, response) => {
    const text = await textOf(request);
    const target = String(request.headers['x-amz-target'] ?? '');
    if (target !== '') {
      const name = target.slice(target.indexOf('.') + 1);
      if (/^Update/.test(name)) changes.push(name);
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(dynamoDb(account, name, JSON.parse(text))));
    } else if (request.url?.startsWith('/2015-03-31/functions/')) {
      orders.push(JSON.parse(text));
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(account.answers.shift() ?? {}));
    } else {
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.end(describeStacks(account));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, changes, orders, close };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function dynamoDb({ table, settings }: Account, name: string, input: Record<string, unknown>) {
  if (name === 'UpdateTable') {
    if (input['StreamSpecification'] !== undefined) settings.stream = true;
    if (input['DeletionProtectionEnabled'] === true) settings.protection = true;
  }
  if (name === 'UpdateTimeToLive') settings.ttl = true;
  if (name === 'UpdateContinuousBackups') settings.pitr = true;
  switch (name) {
    case 'DescribeTable':
      return { Table: described(table, settings) };
    case 'DescribeTimeToLive':
      return {
        TimeToLiveDescription: settings.ttl
          ? { TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' }
          : { TimeToLiveStatus: 'DISABLED' },
      };
    case 'DescribeContinuousBackups': {
      const PointInTimeRecoveryStatus = settings.pitr ? 'ENABLED' : 'DISABLED';
      const PointInTimeRecoveryDescription = { PointInTimeRecoveryStatus };
      return { ContinuousBackupsDescription: { PointInTimeRecoveryDescription } };
    }
    default:
      return {};
  }
}

function described(table: Account['table'], { stream, protection }: Account['settings']) {
  return {
    ...table,
    DeletionProtectionEnabled: protection,
    ...(stream && {
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      LatestStreamArn: `${table['TableArn']}/stream/1`,
    }),
  };
}

function describeStacks({ outputs }: Account): string {
  const members = Object.entries(outputs).map(
    ([key, value]) =>
      `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>ValetKey</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>UPDATE_COMPLETE</StackStatus><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></DescribeStacksResponse>`;
}
