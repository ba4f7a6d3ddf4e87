import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { crc32 } from 'node:zlib';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';

/**
 * S3 on loopback, with one bucket that keeps versions: conditional writes, lists in the order of UTF-8, and
 * what goes wrong on the way.
 */
export type S3StandIn = {
  readonly client: S3Client;
  readonly calls: readonly S3Call[];
  readonly forget: () => void;
  readonly put: (key: string, bytes: Uint8Array) => void;
  readonly remove: (key: string) => void;
  readonly typeOf: (key: string) => string | undefined;
  /** What happens to a call; null for nothing. */
  fault: (call: S3Call) => S3Fault | null;
  /** A page of a list has at most so many keys, whatever is asked for. */
  pageOf: number;
  readonly close: () => Promise<void>;
};

export type S3Call = { readonly what: 'PUT' | 'GET' | 'LIST' | 'VERSIONS'; readonly key: string };

export type S3Fault =
  /** S3 does it, and the answer does not arrive. */
  | 'lost'
  | 'cut'
  | 'stalled'
  | { readonly status: number; readonly code: string; readonly message?: string };

type Version = {
  readonly id: string;
  /** Null is a delete marker. */
  readonly bytes: Uint8Array | null;
  readonly type: string | undefined;
  readonly at: Date;
};

type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
};

export const STAND_IN_BUCKET = 'ledger';

export async function s3StandIn(config: S3ClientConfig = {}): Promise<S3StandIn> {
  const calls: S3Call[] = [];
  const bucket = new Bucket();
  const server = createServer(async (request, response) => {
    const body = await bytesOf(request);
    const url = new URL(request.url ?? '', 'http://s3');
    const key = decodeURIComponent(url.pathname.slice(`/${STAND_IN_BUCKET}/`.length));
    const call: S3Call = {
      what: whatIs(request, url),
      key: key || (url.searchParams.get('prefix') ?? ''),
    };
    calls.push(call);
    const fault = standIn.fault(call);
    if (fault !== null && typeof fault !== 'string')
      return send(response, errorOf(fault.status, fault.code, fault.message));
    const answer = bucket.answer(call, { request, url, body, pageOf: standIn.pageOf });
    if (fault === 'lost') return response.destroy();
    if (fault === 'cut') return half(response, answer, () => response.destroy());
    if (fault === 'stalled') return half(response, answer, () => {});
    return send(response, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const client = new S3Client({
    ...{ endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', forcePathStyle: true },
    credentials: { accessKeyId: 'AKIA', secretAccessKey: 'secret' },
    ...config,
  });
  const standIn: S3StandIn = {
    client,
    calls,
    forget: () => {
      calls.length = 0;
    },
    put: (key, bytes) => bucket.write(key, bytes, undefined),
    remove: (key) => bucket.write(key, null, undefined),
    typeOf: (key) => bucket.current(key)?.type,
    fault: () => null,
    pageOf: 1000,
    close: async () => {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return standIn;
}

type Asked = {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly body: Uint8Array;
  readonly pageOf: number;
};

class Bucket {
  /** The oldest first. */
  private readonly versions = new Map<string, Version[]>();

  current(key: string): Version | undefined {
    const last = this.versions.get(key)?.at(-1);
    return last === undefined || last.bytes === null ? undefined : last;
  }

  write(key: string, bytes: Uint8Array | null, type: string | undefined): void {
    const version = { id: randomUUID(), bytes, type, at: new Date() };
    this.versions.set(key, [...(this.versions.get(key) ?? []), version]);
  }

  answer({ what, key }: S3Call, { request, url, body, pageOf }: Asked): Answer {
    const asked = Number(url.searchParams.get('max-keys') ?? 1000);
    const most = Math.min(pageOf, asked);
    switch (what) {
      case 'PUT':
        return this.conditional(key, request, body);
      case 'GET':
        return this.get(key, url.searchParams.get('versionId'));
      case 'LIST':
        return this.list(url.searchParams, most);
      default:
        return this.listVersions(url.searchParams, most);
    }
  }

  /** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
  private conditional(key: string, { headers }: IncomingMessage, body: Uint8Array): Answer {
    const found = this.current(key);
    const match = headers['if-match'];
    if (match !== undefined && found === undefined) return errorOf(404, 'NoSuchKey');
    const other = match !== undefined && found !== undefined && tagOf(found) !== match;
    const taken = headers['if-none-match'] === '*' && found !== undefined;
    if (other || taken) return errorOf(412, 'PreconditionFailed');
    this.write(key, body, headers['content-type']);
    return { status: 200, headers: { etag: tagOf({ bytes: body }) }, body: '' };
  }

  private get(key: string, id: string | null): Answer {
    const all = this.versions.get(key) ?? [];
    const found = id === null ? this.current(key) : all.find((version) => version.id === id);
    if (found === undefined || found.bytes === null) return errorOf(404, 'NoSuchKey');
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(found.bytes));
    const headers = { etag: tagOf(found), 'x-amz-checksum-crc32': sum.toString('base64') };
    return { status: 200, headers, body: found.bytes };
  }

  private list(query: URLSearchParams, most: number): Answer {
    const prefix = query.get('prefix') ?? '';
    const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
    const delimiter = query.get('delimiter');
    const stored = this.keys(prefix).filter((key) => this.current(key) !== undefined);
    const names = delimiter === null ? stored : foldersIn(stored, prefix, delimiter);
    const left = names.filter((name) => name > after);
    const page = left.slice(0, most);
    const more = left.length > most;
    const next = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    const contents = page.map((name) => {
      const size = this.current(name)?.bytes?.length;
      return size === undefined
        ? `<CommonPrefixes><Prefix>${name}</Prefix></CommonPrefixes>`
        : `<Contents><Key>${name}</Key><Size>${size}</Size></Contents>`;
    });
    return xml('ListBucketResult', `<IsTruncated>${more}</IsTruncated>${next}${contents.join('')}`);
  }

  private listVersions(query: URLSearchParams, most: number): Answer {
    const [key, id] = [query.get('key-marker') ?? '', query.get('version-id-marker')];
    const all = this.keys(query.get('prefix') ?? '').flatMap((one) =>
      (this.versions.get(one) ?? []).toReversed().map((version) => ({ key: one, version })),
    );
    const marked = all.findIndex((one) => one.key === key && one.version.id === id);
    if (id !== null && marked < 0) return errorOf(400, 'InvalidArgument');
    const rest = id === null ? all.filter((one) => one.key > key) : all.slice(marked + 1);
    const page = rest.slice(0, most);
    const [last, more] = [page.at(-1), rest.length > most];
    const next = `<NextKeyMarker>${last?.key}</NextKeyMarker><NextVersionIdMarker>${last?.version.id}</NextVersionIdMarker>`;
    const lines = page.map(({ key: of, version: { id: versionId, bytes, at } }) => {
      const name = bytes === null ? 'DeleteMarker' : 'Version';
      const fields = `<Key>${of}</Key><VersionId>${versionId}</VersionId><LastModified>${at.toISOString()}</LastModified>`;
      return `<${name}>${fields}</${name}>`;
    });
    const body = `<IsTruncated>${more}</IsTruncated>${more ? next : ''}${lines.join('')}`;
    return xml('ListVersionsResult', body);
  }

  private keys(prefix: string): readonly string[] {
    return [...this.versions.keys()].filter((key) => key.startsWith(prefix)).toSorted();
  }
}

/** Keys, where those with a delimiter behind the prefix are one up to it. */
function foldersIn(keys: readonly string[], prefix: string, delimiter: string): readonly string[] {
  const names = keys.map((key) => {
    const end = key.indexOf(delimiter, prefix.length);
    return end < 0 ? key : key.slice(0, end + 1);
  });
  return [...new Set(names)];
}

function whatIs({ method }: IncomingMessage, { searchParams }: URL): S3Call['what'] {
  if (searchParams.has('versions')) return 'VERSIONS';
  if (searchParams.has('list-type')) return 'LIST';
  return method === 'PUT' ? 'PUT' : 'GET';
}

function tagOf({ bytes }: Pick<Version, 'bytes'>): string {
  return `"${createHash('md5')
    .update(bytes ?? '')
    .digest('hex')}"`;
}

function xml(root: string, body: string): Answer {
  const headers = { 'content-type': 'application/xml' };
  return { status: 200, headers, body: `<?xml version="1.0"?><${root}>${body}</${root}>` };
}

function errorOf(status: number, code: string, message = 'no'): Answer {
  return { ...xml('Error', `<Code>${code}</Code><Message>${message}</Message>`), status };
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}

/** What happens in the middle of the answer. */
function half(response: ServerResponse, { status, headers, body }: Answer, then: () => void): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.write(Buffer.from(body).subarray(0, body.length / 2), then);
}

async function bytesOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
