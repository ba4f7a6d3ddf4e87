import type { Issuer } from '../issuer.ts';
import { pathOf } from '../read-claim.ts';
import type { BundleError } from './bundle.ts';
import type { Located, Path } from './yaml-file.ts';

/** Makes an error about a field of one issuer. */
type ErrorAt = (field: Path, message: string) => BundleError;

/**
 * No two issuers share an id. Where they share a URL, a claim of the token must name exactly one of them.
 * And what gives a claim a name must be for something.
 */
export function checkIssuers({ value, error }: Located<readonly Issuer[]>): readonly BundleError[] {
  return value.flatMap((issuer, index) => {
    const earlier = value.slice(0, index);
    const errorAt: ErrorAt = (field, message) => error(['issuers', index, ...field], message);
    return [
      ...sameId(issuer, earlier, errorAt),
      ...sameUrl(issuer, earlier, errorAt),
      ...unusedNames(issuer, errorAt),
    ];
  });
}

function sameId(
  { id }: Issuer,
  earlier: readonly Issuer[],
  errorAt: ErrorAt,
): readonly BundleError[] {
  const first = earlier.findIndex((other) => other.id === id);
  if (first < 0) return [];
  return [errorAt(['id'], `is also the id of issuer ${first + 1}; give each issuer its own`)];
}

function sameUrl(
  issuer: Issuer,
  earlier: readonly Issuer[],
  errorAt: ErrorAt,
): readonly BundleError[] {
  return earlier
    .filter(({ url }) => url === issuer.url)
    .flatMap((other) => {
      const why = ambiguity(issuer, other);
      if (why === null) return [];
      return [errorAt(['url'], `is also the url of issuer '${other.id}'; ${why}`)];
    });
}

/** Why a token could belong to both of two entries with one URL. */
function ambiguity(issuer: Issuer, earlier: Issuer): string | null {
  const [one, other] = [issuer.when, earlier.when];
  if (one === undefined && other === undefined) {
    return 'tell their tokens apart by a claim: when: { <claim>: <value> }';
  }
  if (one === undefined || other === undefined) return null;
  const paths = [pathOf(issuer, one.claim), pathOf(earlier, other.claim)].map((path) =>
    path.join(),
  );
  if (one.claim !== other.claim || paths[0] !== paths[1]) {
    return `ask for the same claim in both: '${other.claim}'`;
  }
  const both = one.values.find((value) => other.values.includes(value));
  return both === undefined ? null : `both accept '${both}' in '${one.claim}'`;
}

function unusedNames(issuer: Issuer, errorAt: ErrorAt): readonly BundleError[] {
  const { subject, name, groups = [], tags = [], when } = issuer;
  const used = [...subject, name, ...groups, ...tags, when?.claim, 'amr', 'acr', 'auth_time'];
  return Object.keys(issuer.claims ?? {})
    .filter((claim) => !used.includes(claim))
    .map((claim) => errorAt(['claims', claim], 'is a name that no other field of the issuer uses'));
}
