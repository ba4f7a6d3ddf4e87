import type { LocalState } from '../state-folder.ts';
import type { Answer, Json, Person } from './answer.ts';
import type { History } from './history.ts';

/** People outside, who call the API over HTTP and give up when nothing comes. */

const GIVE_UP_MS = 20_000;
/** Half of what a development token lives. */
const TOKEN_MS = 300_000;

export class Client {
  private readonly tokens = new Map<string, { readonly token: string; readonly until: number }>();
  private readonly state: LocalState;
  private readonly history: History;

  constructor(state: LocalState, history: History) {
    this.state = state;
    this.history = history;
  }

  /** @param key An `Idempotency-Key`. */
  async call(
    person: Person,
    method: 'GET' | 'POST',
    path: string,
    { body, key }: { readonly body?: object; readonly key?: string } = {},
  ): Promise<Answer> {
    const token = await this.token(person);
    const begun = Date.now();
    const headers = {
      authorization: `Bearer ${token}`,
      ...(key !== undefined && { 'idempotency-key': key }),
    };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const { status, text } = await this.fetched(path, { method, headers, ...sent });
    const answer = { status, body: parsed(text), begun, ended: Date.now() };
    if (method === 'POST') this.history.called(person.sub, `${method} ${path}`, answer);
    return answer;
  }

  /** A file of the ledger; null where there is none. @throws Error if it is not answered */
  async file(person: Person, path: string): Promise<Uint8Array | null> {
    const answer = await fetch(`${this.state.apiUrl}/v1/audit/ledger/${path}`, {
      headers: { authorization: `Bearer ${await this.token(person)}` },
      signal: AbortSignal.timeout(GIVE_UP_MS),
    });
    if (answer.status === 404) return null;
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  }

  async token({ sub, groups }: Person): Promise<string> {
    const known = this.tokens.get(sub);
    if (known !== undefined && known.until > Date.now()) return known.token;
    const claims = { sub, email: `${sub}@acme.example`, groups, amr: ['mfa'] };
    const answer = await fetch(`${this.state.issuers['people']}/dev/token`, {
      method: 'POST',
      body: JSON.stringify(claims),
    });
    const { token } = (await answer.json()) as { readonly token: string };
    this.tokens.set(sub, { token, until: Date.now() + TOKEN_MS });
    return token;
  }

  private async fetched(
    path: string,
    init: RequestInit,
  ): Promise<{ readonly status: number | null; readonly text: string }> {
    try {
      const signal = AbortSignal.timeout(GIVE_UP_MS);
      const answer = await fetch(`${this.state.apiUrl}${path}`, { ...init, signal });
      return { status: answer.status, text: await answer.text() };
    } catch (error) {
      return { status: null, text: JSON.stringify({ error: String(error) }) };
    }
  }
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return { text };
  }
}
