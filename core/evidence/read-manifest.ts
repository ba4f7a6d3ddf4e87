import * as z from 'zod/mini';
import { OCSF_VERSIONS } from '../ocsf/classes.ts';
import { err, ok, type Result } from '../result.ts';
import { FRAMEWORKS } from './controls.ts';
import { FORMAT } from './manifest.ts';
import { type Period, periodOf } from './period.ts';

/** Reads what an export says of itself. Whoever has the folder may have changed it: nothing of it is trusted. */

const text = z.string();
const file = z.object({
  path: text,
  rows: z.nullable(z.number()),
  sha256: text.check(z.regex(/^[0-9a-f]{64}$/)),
});
const manifest = z.object({
  format: z.literal(FORMAT),
  period: z.object({ from: z.iso.datetime(), until: z.iso.datetime() }),
  ledger: z.object({ vkey: text, size: z.number(), checkpoint: text, root: text }),
  sample: z.nullable(z.object({ size: z.int().check(z.positive()), seed: text })),
  control: z.nullable(z.enum(FRAMEWORKS)),
  ocsf: z.enum(OCSF_VERSIONS),
  parquet: z.nullable(z.object({ region: text, account: text })),
  files: z.array(file),
});

export type Manifest = Omit<z.infer<typeof manifest>, 'period'> & { readonly period: Period };

/** The files of an export that its manifest does not list: the manifest itself and what vouches for it. */
export const UNLISTED = ['manifest.json', 'manifest.tlog-proof'] as const;

/** @returns what is wrong with it, as what `its` or `it` begins. */
export function readManifest(content: string): Result<Manifest, string> {
  const read = manifest.safeParse(parsed(content));
  if (!read.success) {
    const path = read.error.issues[0]?.path.join('.') ?? '';
    return err(path === '' ? 'it is no JSON object' : `its ${path} is not what it has to be`);
  }
  const { period, files } = read.data;
  const days = daysOf(period.from, period.until);
  if (days === null) return err('its period is not one of whole days');
  const seen = new Set<string>();
  for (const { path } of files) {
    if (!isInside(path)) return err(`it lists ${path}, which is no file of an export`);
    if (seen.has(path)) return err(`it lists ${path} twice`);
    seen.add(path);
  }
  return ok({ ...read.data, period: days });
}

/** No path may lead out of the folder, nor to what has rules of its own. */
function isInside(path: string): boolean {
  const parts = path.split('/');
  const names = parts.every((part) => /^\w[\w.=-]*$/.test(part));
  return names && parts[0] !== 'ledger' && !UNLISTED.some((unlisted) => unlisted === path);
}

const DAY_MS = 86_400_000;

function daysOf(from: string, until: string): Period | null {
  const last = new Date(Date.parse(until) - DAY_MS).toISOString();
  const period = periodOf(from.slice(0, 10), last.slice(0, 10));
  if (!period.ok) return null;
  const isWhole = period.value.from === Date.parse(from) && period.value.to === Date.parse(until);
  return isWhole ? period.value : null;
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return null;
  }
}
