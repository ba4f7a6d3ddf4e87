import type { Broker } from '../../cli/broker/client.ts';
import { ok } from '../../core/result.ts';

/** A broker without a network: answers by `METHOD path`, where the path has no query. */
export type FakeBroker = { readonly broker: Broker; readonly calls: readonly string[] };

export function fakeBroker(answer: (line: string) => unknown): FakeBroker {
  const calls: string[] = [];
  const call = (method: string, path: string): unknown => {
    const line = `${method} ${path.split('?')[0]}`;
    calls.push(line);
    return answer(line);
  };
  const url = 'https://valetkey.acme.example';
  const broker: Broker = {
    settings: { name: 'default', url, issuer: null, clientId: null, audience: null },
    get: async (path, schema) => schema.parse(call('GET', path)),
    post: async (path, _, schema) => schema.parse(call('POST', path)),
    download: async (path) => ok(Buffer.from(String(call('GET', path)))),
  };
  return { broker, calls };
}
