import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { proxyFor } from '../../../cli/broker/proxy.ts';
import { brokerNamed, closeAll, proxy } from '../../support/proxied-broker.ts';
import { newHome } from '../../support/run-command.ts';
import { fakeServer } from '../fake-server.ts';

/** A proxy between the command and its broker. */

const home = newHome();
afterEach(closeAll);
afterAll(() => home.remove());

const HOST = 'b.acme.example';
const TOKEN = { VALETKEY_TOKEN: 'a-token' };
const whoami = ['whoami', '--broker', `https://${HOST}`, '--json'];
const ME = {
  type: 'User',
  id: 'people:ana',
  issuer: 'people',
  groups: [],
  mfa: false,
  name: 'ana',
  signedInAt: null,
};

describe('NO_PROXY as curl reads it', () => {
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
  test('is used, and sees neither token nor answer', async () => {
    const { port, trust } = await brokerNamed(HOST, ME, home.folder);
    const between = await proxy(port);
    const env = { HTTPS_PROXY: `http://127.0.0.1:${between.port}`, NODE_EXTRA_CA_CERTS: trust };
    const { code, out, err } = await home.run(whoami, { ...TOKEN, ...env });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({ id: 'people:ana' });
    expect(between.requests).toHaveLength(1);
    expect(between.requests[0]).toMatch(new RegExp(`^CONNECT ${HOST}:443 HTTP/1.1\r\n`));
    expect(between.requests[0]).not.toContain('a-token');
  });

  test.each([
    ['that is not trusted', HOST, false],
    ['for another name', 'other.acme.example', true],
  ])('cannot impersonate the broker with a certificate %s', async (_, name, trusted) => {
    const { port, trust } = await brokerNamed(name, ME, home.folder);
    const between = await proxy(port);
    const env = {
      HTTPS_PROXY: `http://127.0.0.1:${between.port}`,
      ...(trusted && { NODE_EXTRA_CA_CERTS: trust }),
    };
    const { code, out, err } = await home.run(whoami, { ...TOKEN, ...env });
    expect({ code, out }).toEqual({ code: 5, out: '' });
    expect(err).toMatch(/certificate/);
  });

  test('that refuses is named without its password', async () => {
    const { port, requests } = await proxy('407 Proxy Authentication Required');
    const env = { ...TOKEN, HTTPS_PROXY: `http://user:secret@127.0.0.1:${port}` };
    const { code, err } = await home.run(whoami, env);
    expect(code).toBe(5);
    expect(requests[0]).toMatch(/proxy-authorization: Basic /i);
    expect(err).toContain(`through the proxy 127.0.0.1:${port}`);
    expect(err).not.toContain('secret');
  });

  test('is neither used nor named for hosts in NO_PROXY', async () => {
    const { port, requests } = await proxy('407 Proxy Authentication Required');
    const env = { HTTPS_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: '.example' };
    const { code, err } = await home.run(whoami, { ...TOKEN, ...env });
    expect(code).toBe(5);
    expect(requests).toEqual([]);
    expect(err).not.toContain('through the proxy');
  });

  test('is not used for loopback', async () => {
    const server = await fakeServer(() => ({ body: ME }));
    const env = { ...TOKEN, HTTP_PROXY: 'http://127.0.0.1:9' };
    const { code } = await home.run(['whoami', '--broker', server.url], env);
    expect(code).toBe(0);
    await server.close();
  });
});
