import type { Issuer } from '../issuer.ts';
import { pathOf } from '../read-claim.ts';
import type { BundleError } from './bundle.ts';
import type { Located } from './yaml-file.ts';

type Issuers = Located<readonly Issuer[]>;

/**
 * No two issuers share an id. Where they share a URL, a claim of the token must name exactly one of them.
 * And what gives a claim a name must be for something.
 */
export function checkIssuers(issuers: Issuers): readonly BundleError[] {
  return issuers.value.flatMap((_, index) => [
    ...sameId(issuers, index),
    ...sameUrl(issuers, index),
    ...unusedNames(issuers, index),
  ]);
}

function sameId({ value, error }: Issuers, index: number): readonly BundleError[] {
  const first = value.findIndex(({ id }) => id === value[index]?.id);
  if (first === index) return [];
  return [
    error(
      ['issuers', index, 'id'],
      `is also the id of issuer ${first + 1}; give each issuer its own`,
    ),
  ];
}

function sameUrl({ value, error }: Issuers, index: number): readonly BundleError[] {
  const issuer = value[index];
  const earlier = value.slice(0, index).filter(({ url }) => url === issuer?.url);
  return earlier.flatMap((other) => {
    const why = issuer === undefined ? null : ambiguity(issuer, other);
    return why === null
      ? []
      : [error(['issuers', index, 'url'], `is also the url of issuer '${other.id}'; ${why}`)];
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

function unusedNames({ value, error }: Issuers, index: number): readonly BundleError[] {
  const issuer = value[index];
  if (issuer === undefined) return [];
  const { subject, name, groups = [], tags = [], when } = issuer;
  const used = [...subject, name, ...groups, ...tags, when?.claim, 'amr', 'acr', 'auth_time'];
  return Object.keys(issuer.claims ?? {}).flatMap((claim) =>
    used.includes(claim)
      ? []
      : [
          error(
            ['issuers', index, 'claims', claim],
            'is a name that no other field of the issuer uses',
          ),
        ],
  );
}
