import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** STS on loopback: takes only what is signed with its key, and answers as a test says. */
export type StsStandIn = {
  readonly url: string;
  /** The parameters of the calls whose signature was right. */
  readonly calls: readonly Readonly<Record<string, string>>[];
  /** What each call with a wrong signature said, which must be nothing. */
  readonly unsigned: readonly string[];
  readonly close: () => Promise<void>;
};

export type StsAnswer = { readonly token: string } | { readonly error: string };

export const KEY_ID = 'AKIA0000000000STANDIN'.slice(0, 20);
export const SECRET = 'a-secret-of-the-stand-in';
const SESSION = 'a-session-of-the-stand-in';

export function keysOfStandIn(url: string): Readonly<Record<string, string>> {
  return {
    AWS_ACCESS_KEY_ID: KEY_ID,
    AWS_SECRET_ACCESS_KEY: SECRET,
    AWS_SESSION_TOKEN: SESSION,
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL_STS: url,
  };
}

export async function stsStandIn(
  answer: (call: Readonly<Record<string, string>>) => StsAnswer,
): Promise<StsStandIn> {
  const calls: Readonly<Record<string, string>>[] = [];
  const unsigned: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    const call = Object.fromEntries(new URLSearchParams(body));
    const signed = isSigned(request, body);
    if (signed) calls.push(call);
    else unsigned.push(body);
    const said: StsAnswer = signed ? answer(call) : { error: 'SignatureDoesNotMatch' };
    const status = 'token' in said ? 200 : 400;
    response.writeHead(status, { 'content-type': 'text/xml' }).end(xmlOf(said));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, calls, unsigned, close };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function xmlOf(answer: StsAnswer): string {
  const xmlns = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"';
  if ('error' in answer) {
    return `<ErrorResponse ${xmlns}><Error><Type>Sender</Type><Code>${answer.error}</Code><Message>no</Message></Error><RequestId>1</RequestId></ErrorResponse>`;
  }
  return `<GetWebIdentityTokenResponse ${xmlns}><GetWebIdentityTokenResult><WebIdentityToken>${answer.token}</WebIdentityToken><Expiration>2099-01-01T00:00:00Z</Expiration></GetWebIdentityTokenResult></GetWebIdentityTokenResponse>`;
}

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function isSigned(request: IncomingMessage, body: string): boolean {
  const { authorization = '' } = request.headers;
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/sts\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/.exec(
      authorization,
    );
  if (parts === null) return false;
  const [, keyId = '', day = '', region = '', signedHeaders = '', signature = ''] = parts;
  const names = signedHeaders.split(';');
  const required = ['host', 'x-amz-date', 'x-amz-security-token'];
  if (keyId !== KEY_ID || !required.every((name) => names.includes(name))) return false;
  const headers = names.map((name) => `${name}:${String(request.headers[name] ?? '').trim()}\n`);
  const canonical = [
    ...[request.method, request.url, '', headers.join('')],
    ...[signedHeaders, sha256(body)],
  ].join('\n');
  const scope = `${day}/${region}/sts/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, sha256(canonical)];
  const key = [day, region, 'sts', 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => hmac(secret, part),
    `AWS4${SECRET}`,
  );
  return hmac(key, toSign.join('\n')).toString('hex') === signature;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
