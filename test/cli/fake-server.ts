import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on loopback with the answers of a test, which records the requests. */
export type FakeServer = {
  readonly url: string;
  readonly server: Server;
  readonly requests: readonly {
    readonly line: string;
    readonly headers: IncomingMessage['headers'];
    /** Null until all of it has arrived, and if it is not JSON. */
    readonly body: unknown;
  }[];
  readonly close: () => Promise<void>;
};

export type FakeAnswer = {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly delayMs?: number;
};

/** @param answer Returns the answer to `METHOD /path`, without the query, and a JSON body. */
export async function fakeServer(
  answer: (line: string, body: unknown) => FakeAnswer,
): Promise<FakeServer> {
  const requests: { line: string; headers: IncomingMessage['headers']; body: unknown }[] = [];
  const server = createServer((request, response) => {
    const line = `${request.method} ${(request.url ?? '').split('?')[0]}`;
    const received = { line, headers: request.headers, body: null as unknown };
    requests.push(received);
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      received.body = text.startsWith('{') ? JSON.parse(text) : null;
      const { status = 200, headers = {}, body = {}, delayMs = 0 } = answer(line, received.body);
      const timer = setTimeout(() => {
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        const isText = typeof body === 'string' || body instanceof Uint8Array;
        response.end(isText ? body : JSON.stringify(body));
      }, delayMs);
      // An answer that nobody waits for any more keeps no test running.
      timer.unref();
    });
  });
  // On a slow machine a command pauses for longer than Node would keep its connection.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, server, requests, close };
}

export const GRANT = {
  id: 'gr_00000000000000000000',
  status: 'active',
  version: 1,
  requester: { type: 'User', id: 'people:ana', name: 'ana' },
  entitlement: 'artifacts-read',
  parameters: {},
  scope: null,
  justification: 'x',
  ticket: null,
  durationSeconds: 900,
  createdAt: '2026-11-24T00:00:00Z',
  startsAt: '2026-11-24T00:00:00Z',
  expiresAt: '2099-01-01T00:00:00Z',
  endedAt: null,
  endReason: null,
  keysValidUntil: null,
  approvals: { required: 0, votes: [], escalated: false, lapsesAt: null },
  review: null,
  decision: { outcome: 'allow' as const, policies: ['p'], advice: [], bundle: 'sha256:0' },
};

/** Valid in shape, and unusable. */
export const CREDENTIALS = {
  accessKeyId: 'A'.repeat(16),
  secretAccessKey: 's'.repeat(40),
  sessionToken: 't'.repeat(80),
  expiration: '2099-01-01T00:00:00Z',
};

export const ENTITLEMENT = {
  id: 'artifacts-read',
  title: 'Read a prefix of the artifacts bucket',
  description: null,
  risk: 'low',
  labels: [],
  maxDurationSeconds: 28_800,
  justification: 'required',
  network: null,
  breakGlass: false,
  parameters: { properties: {} },
  outcome: 'allow' as const,
};
