/** A chat that does not answer for so long keeps the others waiting. */
const TIMEOUT_MS = 3000;
const MOST_BYTES = 262_144;

export const JSON_TYPE = 'application/json; charset=utf-8';

export type Answer = {
  readonly status: number;
  readonly retryAfter: string | null;
  /** The body where it is a JSON object, and an empty object otherwise. */
  readonly body: Readonly<Record<string, unknown>>;
};

/** @returns null where no answer came. Nothing of the URL or the headers is told: they are secrets. */
export async function postText(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer | null> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const { status } = response;
    const retryAfter = response.headers.get('retry-after');
    return { status, retryAfter, body: jsonOf(await textOf(response)) };
  } catch {
    return null;
  }
}

function jsonOf(text: string): Answer['body'] {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null ? (read as Answer['body']) : {};
  } catch {
    return {};
  }
}

/** @throws Error beyond what a chat has to say. */
async function textOf({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body ?? []) {
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new Error('a chat answered too much');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
