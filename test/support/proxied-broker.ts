import { writeFileSync } from 'node:fs';
import { createServer as tlsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** Brokers and the proxies in front of them, on loopback. */

const open: Server[] = [];
const sockets = new Set<Socket>();

export async function closeAll(): Promise<void> {
  for (const socket of sockets) socket.destroy();
  for (const server of open.splice(0)) await new Promise((resolve) => server.close(resolve));
}

async function listening(server: Server): Promise<number> {
  open.push(server);
  server.on('connection', (socket) => {
    sockets.add(socket.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A proxy that records requests. It connects them to a port, or answers them with a status. */
export async function proxy(to: number | string) {
  const requests: string[] = [];
  const server = createServer((socket) => {
    socket.once('data', (data) => {
      requests.push(data.toString());
      if (typeof to === 'string') return socket.end(`HTTP/1.1 ${to}\r\n\r\n`);
      const far = connect(to, '127.0.0.1').on('error', () => undefined);
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      return far.pipe(socket).pipe(far);
    });
  });
  return { requests, port: await listening(server) };
}

/** A broker behind the proxy that gives one answer, with a self-signed certificate in the folder. */
export async function brokerNamed(
  name: string,
  answer: object,
  folder: string,
): Promise<{ readonly port: number; readonly trust: string }> {
  const options = {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
  };
  const made = await generate([{ name: 'commonName', value: name }], options as never);
  const server = tlsServer({ key: made.private, cert: made.cert }, (_, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
  const trust = join(folder, `${name}.pem`);
  writeFileSync(trust, made.cert);
  return { port: await listening(server), trust };
}
