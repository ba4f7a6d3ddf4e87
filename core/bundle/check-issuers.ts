import type { Issuer } from '../issuer.ts';
import type { BundleError } from './bundle.ts';
import type { Located } from './yaml-file.ts';

/** Two entries may share neither an id nor a URL: a token's `iss` must name exactly one of them. */
export function checkIssuers(issuers: Located<readonly Issuer[]>): readonly BundleError[] {
  return issuers.value.flatMap((issuer, index) =>
    (['id', 'url'] as const).flatMap((field) => {
      const first = issuers.value.findIndex((other) => other[field] === issuer[field]);
      if (first === index) return [];
      return [
        issuers.error(['issuers', index, field], `is the same as that of issuer ${first + 1}`),
      ];
    }),
  );
}
