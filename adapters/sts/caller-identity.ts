import type { STSClient } from '@aws-sdk/client-sts';
import type { Operator } from '../../core/audit.ts';
import { callerIn, identityRequest, RECEIVER_HEADER } from '../../core/caller-proof.ts';
import { err, ok, type Result } from '../../core/result.ts';

/**
 * Asks STS who signed the token. Only the query and the signature are the caller's: it goes to the broker's own STS,
 * with the name of this receiver, so that a token for somebody else proves nothing here.
 *
 * @param receiver what the token was made for: the ARN of the function
 * @returns who it is, or why that is not proven, in words that repeat nothing of the token
 */
export async function callerIdentity(
  client: STSClient,
  token: unknown,
  receiver: string,
): Promise<Result<Operator, string>> {
  const request = identityRequest(token);
  if (!request.ok) return request;
  const sts = await endpointOf(client);
  if (request.value.host !== sts.host) {
    const made = `\`caller\` was made for ${request.value.host}; make it for ${sts.host}`;
    return err(`${made} with --region and AWS_STS_REGIONAL_ENDPOINTS=regional`);
  }
  const answer = await ask(new URL(`/?${request.value.query}`, sts), receiver);
  if (!answer.ok) return answer;
  const caller = callerIn(answer.value);
  return caller === null ? err('STS answered without a name') : ok(caller);
}

async function ask(url: URL, receiver: string): Promise<Result<string, string>> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const headers = { [RECEIVER_HEADER]: receiver };
  try {
    const response = await fetch(url, { headers, redirect: 'error', signal });
    const text = await response.text();
    return response.ok ? ok(text) : err(response.status < 500 ? refused(receiver) : NO_ANSWER);
  } catch {
    return err(NO_ANSWER);
  }
}

/** Where the SDK would send its own calls. */
async function endpointOf({ config }: STSClient): Promise<URL> {
  const own = process.env['AWS_ENDPOINT_URL'];
  const Region = await config.region();
  return config.endpointProvider({ Region, ...(own !== undefined && { Endpoint: own }) }).url;
}

const TIMEOUT_MS = 5000;
const NO_ANSWER = 'STS did not answer; repeat the order';
const refused = (receiver: string): string =>
  `STS does not accept \`caller\`: it must be less than 15 minutes old, and made with --cluster-name ${receiver}`;
