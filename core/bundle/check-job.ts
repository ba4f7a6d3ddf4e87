import type { Entitlement } from '../entitlement.ts';
import type { Issuer } from '../issuer.ts';
import type { BundleError } from './bundle.ts';
import type { Located } from './yaml-file.ts';

/** Only claims in an issuer's `tags` are read, so a binding to any other claim would deny every job. */
export function checkJob(
  { value: { job }, error }: Located<Entitlement>,
  issuers: readonly Issuer[],
): readonly BundleError[] {
  const readable = issuers.filter(({ type }) => type === 'Workload').map(({ tags }) => tags ?? []);
  const known = [...new Set(readable.flat())];
  const unknown = job.flatMap((claim, index) =>
    known.includes(claim) ? [] : [error(['job', index], notRead(claim, known))],
  );
  const together = readable.some((tags) => job.every((claim) => tags.includes(claim)));
  if (unknown.length > 0 || together || job.length === 0) return unknown;
  const message = `no Workload issuer has all of ${job.join(', ')} in its tags, so no token could have them; name claims of one issuer, or add them to its tags`;
  return [error(['job'], message)];
}

function notRead(claim: string, known: readonly string[]): string {
  const list = known.length === 0 ? 'there are none' : `they are: ${known.join(', ')}`;
  return `'${claim}' is not in the tags of a Workload issuer (${list}); add it there, or name another claim`;
}
