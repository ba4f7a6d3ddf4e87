import type { Bundle } from '../../core/bundle/bundle.ts';
import { sha256 } from '../../core/ids.ts';
import type { Deployed } from '../../core/review-list/fold-use.ts';
import type { Broker } from '../broker/client.ts';
import { Failure } from '../failure.ts';

const MAX_BYTES = 16 * 1024 * 1024;

/**
 * The policy bundle that the ledger says was deployed last, as it was compiled.
 *
 * @throws Failure if there is none, or the broker sends another one.
 */
export async function deployedBundle(
  broker: Broker,
  deployed: Deployed | null,
): Promise<{ readonly bundle: Bundle; readonly file: string }> {
  if (deployed === null) {
    throw new Failure(
      'failed',
      'The ledger does not say yet which policy bundle is in force.',
      'The broker records it some minutes after its first deployment. Try again then.',
    );
  }
  const { file } = deployed;
  const answer = await broker.download(`/v1/audit/ledger/${file}`, MAX_BYTES);
  if (!answer.ok) throw answer.error.failure;
  const text = Buffer.from(answer.value).toString('utf8');
  if (file !== `bundle/${sha256(text).replace(':', '-')}.json`) {
    throw new Failure(
      'failed',
      `The policy bundle that the broker sends is not the one that the ledger names: ${file}.`,
      'Do not use it. Tell your security team.',
    );
  }
  return { bundle: JSON.parse(text) as Bundle, file };
}
