import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Credentials } from '../broker/answers.ts';
import { codeOf, Failure } from '../failure.ts';
import { nodeHttp } from '../node-http.ts';
import { plain } from '../terminal.ts';

/** What a child needs to fetch its credentials. */
export type Endpoint = {
  readonly url: string;
  readonly token: string;
  readonly close: () => void;
};

/**
 * Serves a container credentials endpoint on loopback, which every AWS SDK reads and polls before its
 * credentials expire. It answers only requests with the token, and none from a browser; DNS rebinding
 * fails because the Host header then has another name.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export async function credentialsEndpoint(current: () => Promise<Credentials>): Promise<Endpoint> {
  const token = randomBytes(32).toString('base64url');
  const { createServer } = await nodeHttp();
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    if (!isAllowed(request, `127.0.0.1:${port}`, token)) {
      return answer(response, 403, { Code: 'Forbidden', Message: 'Access denied.' });
    }
    current().then(
      (credentials) => answer(response, 200, containerJson(credentials)),
      (error: unknown) => answer(response, 404, { Code: 'NoKeys', Message: messageOf(error) }),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/credentials`,
    token,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * Asks as the command will, before it starts: what it would obtain are the credentials that were vended.
 *
 * @throws Failure if they are not, or if nothing answers.
 */
export async function verifyEndpoint(
  { url, token }: Pick<Endpoint, 'url' | 'token'>,
  current: () => Promise<Credentials>,
): Promise<void> {
  const served = await servedAt(url, token).catch((error: unknown) => {
    throw notServed(codeOf(error) || 'no answer');
  });
  const { accessKeyId, secretAccessKey, sessionToken } = await current();
  const { AccessKeyId, SecretAccessKey, Token } = (served ?? {}) as Record<string, unknown>;
  const same =
    AccessKeyId === accessKeyId && SecretAccessKey === secretAccessKey && Token === sessionToken;
  if (!same) throw notServed('something else answers');
}

function notServed(why: string): Failure {
  return new Failure(
    'failed',
    `The command could not get its keys from 127.0.0.1: ${why}.`,
    'Check local firewalls and sandboxes, or pass the keys as variables with --env.',
  );
}

/** An agent of its own: no proxy, whatever the environment says. */
async function servedAt(url: string, token: string): Promise<unknown> {
  const { Agent, get } = await nodeHttp();
  return new Promise((resolve, reject) => {
    const options = { agent: new Agent(), timeout: 5000, headers: { authorization: token } };
    const request = get(url, options, (response) => {
      response.on('error', reject);
      response
        .setEncoding('utf8')
        .toArray()
        .then((parts) => JSON.parse(parts.join('')))
        .then(resolve, reject);
    });
    request.on('error', reject).on('timeout', () => request.destroy());
  });
}

function isAllowed(
  { method, url, headers }: IncomingMessage,
  host: string,
  token: string,
): boolean {
  const browser = headers['origin'] !== undefined || headers['sec-fetch-site'] !== undefined;
  const valid = method === 'GET' && url === '/credentials' && headers.host === host;
  return valid && !browser && isSame(headers.authorization ?? '', token);
}

/** Compares in constant time. */
function isSame(given: string, token: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(token));
}

function containerJson(credentials: Credentials): object {
  return {
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    Token: credentials.sessionToken,
    Expiration: credentials.expiration,
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  response.writeHead(status, headers).end(JSON.stringify(body));
}

function messageOf(error: unknown): string {
  return plain(error instanceof Error ? error.message : 'unknown error');
}
