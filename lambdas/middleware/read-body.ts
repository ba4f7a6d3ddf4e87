import { invalidRequest, type Problem, problem } from '../../core/api/problem.ts';
import { repeatedKey } from '../../core/api/repeated-key.ts';
import { MAX_BODY_BYTES } from '../../core/api/requests.ts';
import type { FieldError } from '../../core/field-error.ts';
import { escapePointer } from '../../core/field-error.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { type ApiEvent, headerOf } from './api-call.ts';

const MAX_DEPTH = 16;

/**
 * The body as a JSON value: at most 16 KiB of UTF-8, no prototype keys, no key twice. No body is an empty
 * object. The type of the content is not asked for, because every body is JSON, whatever a client calls it;
 * it explains a body that is not.
 */
export function readBody(event: ApiEvent): Result<unknown, Problem> {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > MAX_BODY_BYTES) {
    const detail = `The body is larger than ${MAX_BODY_BYTES} bytes.`;
    return err(problem(413, 'body-too-large', 'Body too large', detail));
  }
  if (bytes.length === 0) return ok({});
  const { charset, type } = contentType(event);
  const coding = headerOf(event, 'content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (coding !== 'identity') {
    return unsupported(`The body is encoded as ${coding.slice(0, 32)}. Send it as it is.`);
  }
  if (!['utf-8', 'utf8', 'us-ascii'].includes(charset)) {
    return unsupported(`The body is in the charset ${charset.slice(0, 32)}. Send JSON in UTF-8.`);
  }
  const read = readJson(bytes);
  if (read.ok) return read;
  if (type === null || isJson(type) || read.error.pointer !== '' || /^\s*[{[]/.test(`${bytes}`)) {
    return err(invalidRequest([read.error]));
  }
  const detail = `The body is ${type.slice(0, 64)}. Send JSON, with the header Content-Type: application/json.`;
  return unsupported(detail);
}

function readJson(bytes: Buffer): Result<unknown, FieldError> {
  const invalid = (detail: string) => err({ pointer: '', detail });
  let text: string;
  try {
    // Leaves out a byte order mark (RFC 8259, section 8.1).
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return invalid('is not valid UTF-8');
  }
  if (text.trim() === '') return ok({});
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return invalid('is not valid JSON');
  }
  const mistake = mistakeIn(value, '', 0);
  if (mistake !== null) return err(mistake);
  const twice = repeatedKey(text);
  if (twice === null) return ok(value);
  return err({ pointer: twice, detail: 'is there twice; send it once' });
}

function contentType(event: ApiEvent): { readonly type: string | null; readonly charset: string } {
  const header = headerOf(event, 'content-type')?.toLowerCase() ?? '';
  const [type = ''] = header.split(';');
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/.exec(header)?.[1] ?? 'utf-8';
  return { type: type.trim() === '' ? null : type.trim(), charset };
}

/** Many clients send whatever text they are given as `text/plain`. */
function isJson(type: string): boolean {
  return type === 'text/plain' || /^(?:application|text)\/(?:[\w.-]+\+)?json$/.test(type);
}

function unsupported(detail: string): Result<never, Problem> {
  return err(problem(415, 'unsupported-media-type', 'Unsupported media type', detail));
}

/**
 * `JSON.parse` makes `__proto__` an own property, but copying it later may set the prototype. No call
 * takes deep nesting, which only serves to exhaust the stack.
 */
function mistakeIn(value: unknown, pointer: string, depth: number): FieldError | null {
  if (typeof value !== 'object' || value === null) return null;
  if (depth === MAX_DEPTH) return { pointer, detail: `is nested deeper than ${MAX_DEPTH} levels` };
  for (const [key, child] of Object.entries(value)) {
    const here = `${pointer}/${escapePointer(key)}`;
    if (key === '__proto__')
      return { pointer: here, detail: 'is not a field of this call; remove it' };
    const mistake = mistakeIn(child, here, depth + 1);
    if (mistake !== null) return mistake;
  }
  return null;
}
