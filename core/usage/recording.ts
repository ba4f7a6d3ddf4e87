import * as z from 'zod/mini';
import { formatInstant, type Instant } from '../instant.ts';
import { err, ok, type Result } from '../result.ts';

/** What `valetkey exec --record` notes of a run, to learn an entitlement from its calls later. It holds no secret. */
export type Recording = {
  readonly grantId: string;
  readonly entitlement: string;
  /** Of every session that the run had. */
  readonly accessKeyIds: readonly string[];
  readonly from: Instant;
  readonly until: Instant;
};

const file = z.object({
  version: z.literal(1),
  grant: z.string().check(z.regex(/^gr_[a-z0-9]{4,40}$/)),
  entitlement: z.string(),
  accessKeyIds: z.array(z.string().check(z.regex(/^[A-Z0-9]{12,128}$/))),
  from: z.iso.datetime(),
  until: z.iso.datetime(),
});

export function recordingText(recording: Recording): string {
  const { grantId: grant, entitlement, accessKeyIds, from, until } = recording;
  const times = { from: formatInstant(from), until: formatInstant(until) };
  return `${JSON.stringify({ version: 1, grant, entitlement, accessKeyIds, ...times }, null, 2)}\n`;
}

/** @returns the recording, or a sentence about what is wrong with the text. */
export function readRecording(text: string): Result<Recording, string> {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return err('is not JSON');
  }
  const parsed = file.safeParse(data);
  if (!parsed.success) {
    const place = parsed.error.issues[0]?.path.map(String).join('.') || 'the document';
    return err(`is no recording of valetkey exec --record: see ${place}`);
  }
  const { grant: grantId, entitlement, accessKeyIds, from, until } = parsed.data;
  const times = { from: Date.parse(from), until: Date.parse(until) };
  return ok({ grantId, entitlement, accessKeyIds, ...times });
}
