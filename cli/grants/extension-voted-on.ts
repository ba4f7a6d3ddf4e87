import { formatDuration } from '../../core/duration.ts';
import * as answers from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { plain, type Terminal } from '../terminal.ts';

/**
 * What a vote sends besides its comment: the extension that waits, after printing what it asks for. A vote on
 * a request sends nothing, and so never counts for an extension that is requested meanwhile.
 */
export async function extensionVotedOn(
  broker: Broker,
  err: Terminal,
  id: string,
): Promise<{ readonly extension?: string }> {
  const { status, extension } = await broker.get(`/v1/grants/${id}`, answers.grant);
  if (status === 'pending' || extension == null) return {};
  const { durationSeconds, justification, requestedAt } = extension;
  const why = justification === '' ? '' : `: ${justification}`;
  err.print(
    plain(`The extension of ${requestedAt} asks for ${formatDuration(durationSeconds)}${why}`),
  );
  return { extension: requestedAt };
}
