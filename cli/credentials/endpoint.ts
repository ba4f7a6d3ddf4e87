import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Credentials } from '../broker/answers.ts';
import { plain } from '../terminal.ts';

/** What a child needs to fetch its keys. */
export type Endpoint = {
  readonly url: string;
  readonly token: string;
  readonly close: () => void;
};

/**
 * A container credentials endpoint on loopback: every AWS SDK reads it by itself and asks again before
 * its keys end. Answers nobody without the token, and no browser at all: whoever rebinds a name to
 * 127.0.0.1 comes with another Host.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
export async function credentialsEndpoint(current: () => Promise<Credentials>): Promise<Endpoint> {
  const token = randomBytes(32).toString('base64url');
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    if (!mayAsk(request, `127.0.0.1:${port}`, token)) {
      return answer(response, 403, { Code: 'Forbidden', Message: 'Not for you.' });
    }
    current().then(
      (keys) => answer(response, 200, containerJson(keys)),
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

function mayAsk({ method, url, headers }: IncomingMessage, host: string, token: string): boolean {
  const browser = headers['origin'] !== undefined || headers['sec-fetch-site'] !== undefined;
  const right = method === 'GET' && url === '/credentials' && headers.host === host;
  return right && !browser && isSame(headers.authorization ?? '', token);
}

/** In the same time for every wrong token. */
function isSame(given: string, token: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(token));
}

function containerJson(keys: Credentials): object {
  return {
    AccessKeyId: keys.accessKeyId,
    SecretAccessKey: keys.secretAccessKey,
    Token: keys.sessionToken,
    Expiration: keys.expiration,
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  response.writeHead(status, headers).end(JSON.stringify(body));
}

function messageOf(error: unknown): string {
  return plain(error instanceof Error ? error.message : 'unknown error');
}
