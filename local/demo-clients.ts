import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { LocalState } from './state-folder.ts';

/**
 * What the demo acts with: tokens, calls of the HTTP API, and AWS clients under vended credentials.
 */

export const BUCKET = 'acme-artifacts';

type Credentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
};

export type Vended = {
  readonly credentials: Credentials;
  readonly grant: {
    readonly id: string;
    readonly expiresAt: string | null;
    readonly requester: { readonly id: string; readonly name: string };
    readonly decision: { readonly outcome: string; readonly policies: readonly string[] };
  };
};

type Json = Readonly<Record<string, unknown>>;

export class DemoClients {
  private readonly state: LocalState;
  private readonly signal: AbortSignal;

  constructor(state: LocalState, signal: AbortSignal) {
    this.state = state;
    this.signal = signal;
  }

  person(sub: string, groups: readonly string[], claims: Json = {}): Promise<string> {
    return this.token('people', { sub, email: `${sub}@acme.example`, groups, ...claims });
  }

  /** A GitHub Actions job of acme/shop on its main branch. */
  job(claims: Json): Promise<string> {
    return this.token('github', {
      sub: 'repo:acme/shop:ref:refs/heads/main',
      repository: 'acme/shop',
      repository_owner_id: '1001',
      repository_id: '2002',
      ref: 'refs/heads/main',
      ref_protected: 'true',
      run_id: '4711',
      ...claims,
    });
  }

  /** @throws Error when the API does not answer with `status`. */
  async call(
    status: number,
    method: string,
    path: string,
    token: string,
    body?: object,
  ): Promise<Json> {
    const response = await this.send(method, path, token, body);
    const text = await response.text();
    if (response.status !== status) {
      throw new Error(`${method} ${path} answered ${response.status}, not ${status}: ${text}`);
    }
    return JSON.parse(text) as Json;
  }

  send(method: string, path: string, token: string, body?: object): Promise<Response> {
    return fetch(`${this.state.apiUrl}${path}`, {
      method,
      signal: this.signal,
      headers: { authorization: `Bearer ${token}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }

  async vend(token: string, body: object): Promise<Vended> {
    return (await this.call(200, 'POST', '/v1/credentials', token, body)) as unknown as Vended;
  }

  s3(credentials: Credentials): S3Client {
    return new S3Client({ ...this.client(credentials), forcePathStyle: true });
  }

  dynamodb(credentials: Credentials): DynamoDBClient {
    return new DynamoDBClient(this.client(credentials));
  }

  put(credentials: Credentials, Key: string): Promise<unknown> {
    const command = new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'an artifact' });
    return this.s3(credentials).send(command);
  }

  /** Creates, as the account's root, the objects that the platform team already has. */
  async fillBucket(): Promise<void> {
    const root = { accessKeyId: this.state.accountId, secretAccessKey: 'local', sessionToken: '' };
    const s3 = new S3Client({ ...this.client(root), forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
    for (const release of ['2026-10', '2026-11']) {
      const Key = `releases/${release}/app.tgz`;
      await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: 'an artifact' }));
    }
  }

  private client({ accessKeyId, secretAccessKey, sessionToken }: Credentials) {
    const root = { accessKeyId, secretAccessKey };
    return {
      endpoint: this.state.emulatorUrl,
      region: this.state.region,
      credentials: sessionToken === '' ? root : { ...root, sessionToken },
      maxAttempts: 1,
    };
  }

  private async token(issuer: string, claims: Json): Promise<string> {
    const response = await fetch(`${this.state.issuers[issuer]}/dev/token`, {
      method: 'POST',
      signal: this.signal,
      body: JSON.stringify(claims),
    });
    return ((await response.json()) as { readonly token: string }).token;
  }
}
