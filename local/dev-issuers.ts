import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { parse } from 'yaml';
import { issuersFile } from '../core/bundle/issuers-file.ts';
import type { Issuer } from '../core/issuer.ts';
import { claimsOf } from './account-claims.ts';
import { type DevIssuer, devIssuer } from './dev-issuer.ts';

export type DevIssuers = {
  /** The URL that stands in for each issuer of the bundle, by its id. */
  readonly urls: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
};

type Listed = Pick<Issuer, 'id' | 'type' | 'audience' | 'clientId' | 'scope'>;

/** Claims with which the first issuer of people, or of anybody, signs a token that the broker takes. */
export function sampleClaims(policyDir: string): { readonly id: string; readonly claims: object } {
  const listed = readIssuers(policyDir);
  const { entry, issuer } =
    listed.find(({ issuer: { type } }) => type === 'User') ?? listed[0] ?? NOBODY;
  const claims = { sub: 'ana', email: 'ana@acme.example', groups: ['platform'] };
  const person = { user: 'ana', groups: ['platform'], secondFactor: false };
  return { id: issuer.id, claims: { ...claims, ...(entry && claimsOf(entry, person)) } };
}

const NOBODY = { entry: null, issuer: { id: '' } };

/**
 * One OIDC provider per issuer of the bundle, all on one port of 127.0.0.1, for development only.
 */
export async function startDevIssuers(policyDir: string): Promise<DevIssuers> {
  const listed = readIssuers(policyDir);
  const providers = new Map<string, DevIssuer>();
  const server = createServer((request, response) => route(providers, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const urls: Record<string, string> = {};
  for (const { entry, issuer } of listed) {
    const url = `http://127.0.0.1:${portOf(server)}/${issuer.id}`;
    const claims = entry === null ? () => ({}) : claimsOf.bind(null, entry);
    providers.set(issuer.id, await devIssuer(issuer, url, claims));
    urls[issuer.id] = url;
  }
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { urls, stop };
}

/**
 * The issuers of a file; `entry` is null where it is not well-formed, which the compiler of the bundle
 * reports.
 */
function readIssuers(
  policyDir: string,
): readonly { readonly entry: Issuer | null; readonly issuer: Listed }[] {
  const file = parse(readFileSync(join(policyDir, 'issuers.yaml'), 'utf8')) as {
    readonly issuers?: readonly (Omit<Listed, 'audience'> & {
      readonly audience: string | Listed['audience'];
    })[];
  } | null;
  const read = issuersFile.safeParse(file);
  return (file?.issuers ?? []).map((written, index) => {
    const { audience } = written;
    const issuer: Listed = {
      ...written,
      audience: typeof audience === 'string' ? [audience] : audience,
    };
    return { entry: read.data?.issuers[index] ?? null, issuer };
  });
}

function route(
  providers: ReadonlyMap<string, DevIssuer>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const [, id = ''] = (request.url ?? '').split(/[/?]/);
  const provider = providers.get(id);
  if (provider === undefined) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('no such issuer\n');
    return;
  }
  provider(request, response);
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the issuers have no port');
  return address.port;
}
