import type * as z from 'zod/mini';
import type { Instant } from '../../core/instant.ts';
import type { Broker } from '../broker/client.ts';
import { decisionPage } from './answers.ts';

const DAY_MS = 86_400_000;

/** The recorded decisions on an entitlement of some days, as `policy replay` takes them: JSON lines. */
export async function allDecisions(
  broker: Broker,
  entitlement: string,
  days: number,
  now: Instant,
): Promise<string> {
  const since = now - days * DAY_MS;
  const lines: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = new URLSearchParams({ entitlement, limit: '100', ...(cursor && { cursor }) });
    const page: z.infer<typeof decisionPage> = await broker.get(
      `/v1/decisions?${query}`,
      decisionPage,
    );
    lines.push(...page.decisions.map((one) => JSON.stringify(one)));
    const oldest = Date.parse(String(page.decisions.at(-1)?.['at'] ?? ''));
    cursor = oldest < since ? null : page.nextCursor;
  }
  return lines.join('\n');
}
