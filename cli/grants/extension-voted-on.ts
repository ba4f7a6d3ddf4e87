import { formatDuration } from '../../core/duration.ts';
import * as answers from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { UsageError } from '../failure.ts';
import { plain } from '../terminal.ts';

/**
 * What a vote sends besides its comment. A vote on an extension names it, as its mail does, so that a vote on
 * the request never counts for an extension that was requested meanwhile.
 *
 * @param given `--extension`, the time of the extension.
 * @throws UsageError if an extension waits and the vote does not name it.
 */
export async function extensionVotedOn(
  broker: Broker,
  id: string,
  command: string,
  given: string | undefined,
): Promise<{ readonly extension?: string }> {
  if (given !== undefined) return { extension: given };
  const { extension } = await broker.get(`/v1/grants/${id}`, answers.grant);
  if (extension == null) return {};
  const { durationSeconds, justification, requestedAt } = extension;
  const why = justification === '' ? '' : ` (${justification})`;
  throw new UsageError(
    plain(
      `An extension of ${formatDuration(durationSeconds)} waits for votes on this grant${why}. To vote on it: valetkey ${command} ${id} --extension ${requestedAt}`,
    ),
  );
}
