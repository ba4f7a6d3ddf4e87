import { createHash, randomBytes } from 'node:crypto';

/** A command line and a browser as clients of a development issuer, over plain HTTP. */

export const CLIENT_ID = 'valetkey-cli';
const SCOPE = 'openid offline_access';
const MAX_STEPS = 12;

export type Tokens = Readonly<Record<'access_token' | 'id_token' | 'refresh_token', string>>;

export async function postForm(url: string, form: Record<string, string>): Promise<Response> {
  return fetch(url, { method: 'POST', body: new URLSearchParams(form) });
}

/** A browser: cookies, redirects followed by hand, forms filled in. */
export class Browser {
  readonly #cookies = new Map<string, string>();
  /** How often it was shown the login form. */
  logins = 0;

  /** Follows redirects and fills in forms until the goal, or until a page has no form. */
  async signIn(start: string, form: Record<string, string>, goal = ''): Promise<string> {
    let url = start;
    let posting: Record<string, string> | undefined;
    for (let step = 0; step < MAX_STEPS; step++) {
      const response = await this.#open(url, posting);
      const location = response.headers.get('location');
      if (location !== null) {
        url = new URL(location, url).href;
        posting = undefined;
        if (goal !== '' && url.startsWith(goal)) return url;
        continue;
      }
      const page = await response.text();
      posting = this.#fill(page, form);
      if (posting === undefined) return page;
      url = new URL(/action="([^"]+)"/.exec(page)?.[1] ?? url, url).href;
    }
    throw new Error(`signing in did not end within ${MAX_STEPS} steps`);
  }

  #fill(page: string, login: Record<string, string>): Record<string, string> | undefined {
    if (page.includes('name="user"')) {
      this.logins++;
      return login;
    }
    const hidden = [...page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)];
    if (hidden.length === 0) return undefined;
    return Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value]));
  }

  async #open(url: string, form?: Record<string, string>): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie },
      ...(form !== undefined && { method: 'POST', body: new URLSearchParams(form) }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return response;
  }
}

/** Authorisation code with PKCE (RFC 7636), as a native client does it (RFC 8252). */
export async function signInWithBrowser(
  issuer: string,
  redirectUri: string,
  form: Record<string, string>,
  browser = new Browser(),
): Promise<Tokens> {
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: CLIENT_ID,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: SCOPE,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    state: 'state-1',
  });
  const back = new URL(await browser.signIn(`${issuer}/auth?${query}`, form, redirectUri));
  if (back.searchParams.get('state') !== 'state-1')
    throw new Error(`not the answer to this request: ${back.href}`);
  const answer = await postForm(`${issuer}/token`, {
    grant_type: 'authorization_code',
    client_id: CLIENT_ID,
    code: back.searchParams.get('code') ?? '',
    redirect_uri: redirectUri,
    code_verifier: verifier,
  });
  return (await answer.json()) as Tokens;
}

export type Device = {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
};

/** The device flow (RFC 8628): begun and polled here, confirmed in a browser elsewhere. */
export async function beginDevice(issuer: string): Promise<Device> {
  const answer = await postForm(`${issuer}/device/auth`, { client_id: CLIENT_ID, scope: SCOPE });
  return (await answer.json()) as Device;
}

export function pollDevice(issuer: string, { device_code }: Device): Promise<Response> {
  return postForm(`${issuer}/token`, {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    client_id: CLIENT_ID,
    device_code,
  });
}
