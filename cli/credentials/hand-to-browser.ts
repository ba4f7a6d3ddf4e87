import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { nodeHttp } from '../node-http.ts';

const PATIENCE_MS = 60_000;

/**
 * Hands a secret link to a browser. Other users of the machine can read the arguments of programs, so the browser is
 * given an address on loopback, which leads to the link once.
 *
 * @param open Opens an address; it resolves to whether a browser started.
 * @returns whether the browser fetched the link.
 */
export async function handToBrowser(
  link: string,
  open: (url: string) => Promise<boolean>,
): Promise<boolean> {
  const path = `/${randomBytes(24).toString('base64url')}`;
  let fetched: () => void = () => undefined;
  const taken = new Promise<boolean>((resolve) => {
    fetched = () => resolve(true);
  });
  let isTaken = false;
  const { createServer } = await nodeHttp();
  const server = createServer(({ url, headers }, response) => {
    const { port } = server.address() as AddressInfo;
    if (isTaken || url !== path || headers.host !== `127.0.0.1:${port}`) {
      response.writeHead(404, { connection: 'close' }).end('Not found.');
      return;
    }
    isTaken = true;
    const own = {
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      connection: 'close',
    };
    response.writeHead(302, { location: link, ...own }).end(fetched);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    if (!(await open(`http://127.0.0.1:${port}${path}`))) return isTaken;
    const late = new Promise<boolean>((resolve) => {
      setTimeout(() => resolve(false), PATIENCE_MS).unref();
    });
    return await Promise.race([taken, late]);
  } finally {
    server.close();
  }
}
