import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { httpWitness } from '../../../adapters/witness/http-witness.ts';

const KEY = { name: 'witness.example/w1', publicKey: new Uint8Array(32) };
let server: Server;
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** A witness that answers so; and what it was sent. */
async function answering(status: number, body: string, headers: Record<string, string> = {}) {
  const got: { line: string; body: string }[] = [];
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => {
      got.push({ line: `${request.method} ${request.url}`, body: text });
      response.writeHead(status, headers).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { got, witness: httpWitness(`http://127.0.0.1:${port}/w`, KEY) };
}

test('a witness is sent the body as it is, and its answer is passed on', async () => {
  const { got, witness } = await answering(409, '17\n');
  expect(await witness.add('old 0\n\nnote\n')).toEqual({ status: 409, body: '17\n' });
  expect(got).toEqual([{ line: 'POST /w/add-checkpoint', body: 'old 0\n\nnote\n' }]);
});

test('a witness that leads elsewhere, says too much or is not there has not answered', async () => {
  const elsewhere = await answering(307, '', { location: 'http://127.0.0.1:1/' });
  expect(await elsewhere.witness.add('x')).toBeNull();
  server.close();
  const much = await answering(200, 'x'.repeat(20_000));
  expect(await much.witness.add('x')).toBeNull();
  expect(await httpWitness('http://127.0.0.1:1', KEY).add('x')).toBeNull();
});
