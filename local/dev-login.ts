import type { IncomingMessage, ServerResponse } from 'node:http';
import type Provider from 'oidc-provider';
import type { Person } from './account-claims.ts';

/** What a person entered on the login page; the access token contains it unchanged. */
type Account = {
  readonly email: string;
  readonly name: string;
  readonly groups: readonly string[];
  readonly amr: readonly string[];
  readonly auth_time: number;
};

export type Accounts = Map<string, Account>;

const MAX_FORM_BYTES = 16 * 1024;

export type Login = {
  readonly accounts: Accounts;
  /** What the issuer's entry reads besides. */
  readonly claimsOf: (person: Person) => object;
};

/** The login page: a form that accepts any user. For development only. */
export async function serveLogin(
  provider: Provider,
  { accounts, claimsOf }: Login,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    if (request.method !== 'POST') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(FORM);
      return;
    }
    const form = new URLSearchParams(await readBody(request, MAX_FORM_BYTES));
    const user = form.get('user')?.trim() || 'ana';
    const groups = (form.get('groups') ?? '').split(/[\s,]+/).filter((group) => group !== '');
    const person = { user, groups, secondFactor: form.has('mfa') };
    accounts.set(user, { ...accountOf(person), ...claimsOf(person) });
    const result = {
      login: { accountId: user, amr: form.has('mfa') ? ['mfa'] : ['pwd'] },
      // A native client is always asked for consent (RFC 8252, section 8.6); this page is it.
      consent: {},
    };
    await provider.interactionFinished(request, response, result);
  } catch {
    response
      .writeHead(400, { 'content-type': 'text/plain' })
      .end('This sign-in is no longer valid. Start again.\n');
  }
}

/** @throws Error if the body is longer or breaks off. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`the body is longer than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function accountOf({ user, groups, secondFactor }: Person): Account {
  return {
    email: user.includes('@') ? user : `${user}@acme.example`,
    name: user,
    groups,
    amr: secondFactor ? ['mfa'] : ['pwd'],
    auth_time: Math.floor(Date.now() / 1000),
  };
}

const FORM = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Sign in (development)</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 24rem; margin: 4rem auto; }
  label { display: block; margin: 1rem 0; }
  input:not([type=checkbox]) { display: block; width: 100%; font: inherit; padding: .4rem; }
</style>
<h1>Sign in</h1>
<p>This issuer is for development: it accepts whatever you enter.</p>
<form method="post">
  <label>User <input name="user" value="ana" autofocus></label>
  <label>Groups <input name="groups" value="platform developers"></label>
  <label><input type="checkbox" name="mfa" checked> with a second factor</label>
  <button>Sign in</button>
</form>
</html>
`;
