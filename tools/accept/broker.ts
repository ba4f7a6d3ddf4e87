import { setTimeout as sleep } from 'node:timers/promises';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { bucketName, type Run } from './names.ts';
import type { TokenSource } from './tokens.ts';

/** The broker as a caller sees it, and the keys that it vends. */

export type Keys = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
};

export type Vended = {
  readonly grant: { readonly id: string; readonly createdAt: string; readonly expiresAt: string };
  readonly credentials: Keys;
};

type Json = Readonly<Record<string, unknown>>;

export class Broker {
  private readonly run: Run;
  private readonly apiUrl: string;
  private readonly tokens: TokenSource;
  private readonly signal: AbortSignal;

  constructor(run: Run, apiUrl: string, tokens: TokenSource, signal: AbortSignal) {
    this.run = run;
    this.apiUrl = apiUrl;
    this.tokens = tokens;
    this.signal = signal;
  }

  async call(method: 'GET' | 'POST', path: string, body?: object) {
    const response = await fetch(`${this.apiUrl}${path}`, {
      method,
      signal: this.signal,
      headers: { authorization: `Bearer ${await this.tokens.token()}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Json };
  }

  /** @throws Error with the answer, if it has no keys */
  async vend(entitlement: string, durationSeconds = 900, prefix = 'one'): Promise<Vended> {
    const parameters = entitlement === 'read' ? { prefix } : {};
    const request = { entitlement, parameters, durationSeconds };
    const { status, body } = await this.call('POST', '/v1/credentials', request);
    if (status !== 200) throw new Error(`no keys: ${status} ${JSON.stringify(body)}`);
    const { grant, credentials } = body as unknown as Vended;
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    return { grant, credentials: { accessKeyId, secretAccessKey, sessionToken } };
  }

  async statusOf({ grant }: Vended): Promise<string> {
    return String((await this.call('GET', `/v1/grants/${grant.id}`)).body['status']);
  }

  async revoke({ grant }: Vended): Promise<void> {
    const { status, body } = await this.call('POST', `/v1/grants/${grant.id}/revoke`, {});
    if (status !== 200) throw new Error(`not revoked: ${status} ${JSON.stringify(body)}`);
  }

  /** Whether the keys can read an object, asked of S3. */
  async reads(credentials: Keys, key = 'one/object'): Promise<boolean> {
    const { region } = this.run;
    const s3 = new S3Client({ region, credentials, forcePathStyle: true });
    try {
      const object = { Bucket: bucketName(this.run), Key: key };
      const { Body } = await s3.send(new GetObjectCommand(object), { abortSignal: this.signal });
      await Body?.transformToString();
      return true;
    } catch (error) {
      if ((error as Error).name === 'AccessDenied') return false;
      throw error;
    } finally {
      s3.destroy();
    }
  }

  /**
   * Looks again until it holds.
   *
   * @returns the milliseconds that it took
   * @throws Error with `what` if that takes too long
   */
  async until(what: string, look: () => Promise<boolean>, withinMs: number): Promise<number> {
    const begun = Date.now();
    while (!(await look())) {
      if (Date.now() - begun > withinMs)
        throw new Error(`${what}: not within ${withinMs / 1000} s`);
      await sleep(100, undefined, { signal: this.signal });
    }
    return Date.now() - begun;
  }
}
