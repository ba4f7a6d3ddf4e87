import { type Home, newHome } from '../../support/run-command.ts';
import type { LedgerFolder } from '../../support/test-ledger.ts';
import { type FakeAnswer, type FakeServer, fakeServer } from '../fake-server.ts';

/** A broker on loopback that serves the files of a ledger, and a home that uses it. */

export type LedgerBroker = {
  readonly home: Home;
  readonly server: FakeServer;
  readonly env: Readonly<Record<string, string>>;
  /** What it serves from now on. */
  readonly serve: (files: LedgerFolder, more?: Answers) => void;
  /** The key that it says it has; null: no ledger. And the witnesses that it asks. */
  readonly say: (vkey: string | null, witnesses?: readonly string[]) => void;
  readonly run: (
    ...args: readonly string[]
  ) => Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
  readonly close: () => Promise<void>;
};

export type Answers = Readonly<Record<string, FakeAnswer | ((body: unknown) => FakeAnswer)>>;

const LEDGER = 'GET /v1/audit/ledger/';
export const NOT_FOUND: FakeAnswer = {
  status: 404,
  headers: { 'content-type': 'application/problem+json' },
  body: { type: 't', title: 'Not found', status: 404, detail: 'There is no such file.' },
};

export async function ledgerBroker(vkey: string): Promise<LedgerBroker> {
  let files: LedgerFolder = new Map();
  let more: Answers = {};
  let said: string | null = vkey;
  let witnesses: readonly string[] | undefined;
  const server = await fakeServer((line, body) => {
    const given = more[line];
    if (given !== undefined) return typeof given === 'function' ? given(body) : given;
    if (line === 'GET /.well-known/valetkey') {
      const ledger =
        said === null ? {} : { ledger: { origin: said.split('+')[0], vkey: said, witnesses } };
      const body = { apiVersion: 'v1', issuer: null, clientId: null, audience: null, ...ledger };
      return { body };
    }
    const bytes = files.get(line.replace(LEDGER, ''));
    if (bytes === undefined) return NOT_FOUND;
    const type = line.endsWith('checkpoint') ? 'text/plain' : 'application/octet-stream';
    return { headers: { 'content-type': type }, body: bytes };
  });
  const home = newHome();
  const env = { VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url };
  return {
    home,
    server,
    env,
    serve: (next, answers = {}) => {
      files = next;
      more = answers;
    },
    say: (next, asked) => {
      said = next;
      witnesses = asked;
    },
    run: (...args) => home.run(['audit', ...args], env),
    close: async () => {
      await server.close();
      home.remove();
    },
  };
}
