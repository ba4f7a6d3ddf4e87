import { writeFileSync } from 'node:fs';
import { createServer as tlsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import { proxyFor } from '../../../cli/broker/proxy.ts';
import { newHome } from '../../support/run-command.ts';
import { fakeServer } from '../fake-server.ts';

/** A company's proxy between the command and its broker. */

const home = newHome();
const open: Server[] = [];
const sockets = new Set<Socket>();
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of open.splice(0)) await new Promise((resolve) => server.close(resolve));
});
afterAll(() => home.remove());

const HOST = 'b.acme.example';
const TOKEN = { VALETKEY_TOKEN: 'a-token' };
const whoami = ['whoami', '--broker', `https://${HOST}`, '--json'];
const ME = {
  ...{ type: 'User', id: 'people:ana', issuer: 'people', groups: [], mfa: false },
  ...{ name: 'ana', signedInAt: null },
};

async function listening(server: Server): Promise<number> {
  open.push(server);
  server.on('connection', (socket) => {
    sockets.add(socket.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** What the command asked of it, and what it answers or where it leads. */
async function proxy(to: number | string) {
  const asked: string[] = [];
  const server = createServer((socket) => {
    socket.once('data', (data) => {
      asked.push(data.toString());
      if (typeof to === 'string') return socket.end(`HTTP/1.1 ${to}\r\n\r\n`);
      const far = connect(to, '127.0.0.1').on('error', () => undefined);
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      return far.pipe(socket).pipe(far);
    });
  });
  return { asked, port: await listening(server) };
}

/** The broker behind it, with a certificate that its own authority signed. */
async function broker(name: string): Promise<{ readonly port: number; readonly trust: string }> {
  const options = {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
  };
  const made = await generate([{ name: 'commonName', value: name }], options as never);
  const server = tlsServer({ key: made.private, cert: made.cert }, (_, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(ME));
  });
  const trust = join(home.folder, `${name}.pem`);
  writeFileSync(trust, made.cert);
  return { port: await listening(server), trust };
}

describe('NO_PROXY, as curl reads it', () => {
  test.each([
    ['acme.example', 'https://b.acme.example', false],
    ['.acme.example', 'https://b.acme.example', false],
    ['*.acme.example', 'https://b.acme.example', false],
    ['b.acme.example', 'https://b.acme.example', false],
    ['B.ACME.example', 'https://b.acme.example', false],
    ['x.example, b.acme.example', 'https://b.acme.example', false],
    ['b.acme.example:443', 'https://b.acme.example', false],
    ['*', 'https://b.acme.example', false],
    ['b.acme.example:8443', 'https://b.acme.example', true],
    ['cme.example', 'https://b.acme.example', true],
    ['c.b.acme.example', 'https://b.acme.example', true],
    ['b.acme.example', 'https://b.acme.example.evil.example', true],
    [' , ', 'https://b.acme.example', true],
    ['', 'https://b.acme.example', true],
  ])('%j: %s is proxied: %s', (noProxy, url, proxied) => {
    const env = { https_proxy: 'proxy.acme.example:3128', NO_PROXY: noProxy };
    expect(proxyFor(url, env)).toBe(proxied ? 'http://proxy.acme.example:3128' : null);
  });
});

describe('a proxy', () => {
  test('is gone through, and sees neither token nor answer', async () => {
    const { port, trust } = await broker(HOST);
    const between = await proxy(port);
    const env = { HTTPS_PROXY: `http://127.0.0.1:${between.port}`, NODE_EXTRA_CA_CERTS: trust };
    const { code, out, err } = await home.run(whoami, { ...TOKEN, ...env });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({ id: 'people:ana' });
    expect(between.asked).toHaveLength(1);
    expect(between.asked[0]).toMatch(new RegExp(`^CONNECT ${HOST}:443 HTTP/1.1\r\n`));
    expect(between.asked[0]).not.toContain('a-token');
  });

  test.each([
    ['whom nobody vouches for', HOST, false],
    ['that is made out to somebody else', 'other.acme.example', true],
  ])('cannot pass for the broker with a certificate %s', async (_, name, trusted) => {
    const { port, trust } = await broker(name);
    const between = await proxy(port);
    const env = {
      HTTPS_PROXY: `http://127.0.0.1:${between.port}`,
      ...(trusted && { NODE_EXTRA_CA_CERTS: trust }),
    };
    const { code, out, err } = await home.run(whoami, { ...TOKEN, ...env });
    expect({ code, out }).toEqual({ code: 5, out: '' });
    expect(err).toMatch(/certificate/);
  });

  test('is named where it refuses, without its password', async () => {
    const { port, asked } = await proxy('407 Proxy Authentication Required');
    const env = { ...TOKEN, HTTPS_PROXY: `http://user:secret@127.0.0.1:${port}` };
    const { code, err } = await home.run(whoami, env);
    expect(code).toBe(5);
    expect(asked[0]).toMatch(/proxy-authorization: Basic /i);
    expect(err).toContain(`through the proxy 127.0.0.1:${port}`);
    expect(err).not.toContain('secret');
  });

  test('is not asked for hosts of NO_PROXY, nor named', async () => {
    const { port, asked } = await proxy('407 Proxy Authentication Required');
    const env = { HTTPS_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: '.example' };
    const { code, err } = await home.run(whoami, { ...TOKEN, ...env });
    expect(code).toBe(5);
    expect(asked).toEqual([]);
    expect(err).not.toContain('through the proxy');
  });

  test('is not asked for loopback', async () => {
    const server = await fakeServer(() => ({ body: ME }));
    const env = { ...TOKEN, HTTP_PROXY: 'http://127.0.0.1:9' };
    const { code } = await home.run(['whoami', '--broker', server.url], env);
    expect(code).toBe(0);
    await server.close();
  });
});
