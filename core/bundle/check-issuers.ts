import type { Issuer } from '../issuer.ts';
import type { BundleError } from './bundle.ts';
import type { Located } from './yaml-file.ts';

/** No two issuers share an id or a URL: the `iss` of a token must name exactly one of them. */
export function checkIssuers(issuers: Located<readonly Issuer[]>): readonly BundleError[] {
  return issuers.value.flatMap((issuer, index) =>
    (['id', 'url'] as const).flatMap((field) => {
      const first = issuers.value.findIndex((other) => other[field] === issuer[field]);
      if (first === index) return [];
      const message = `is also the ${field} of issuer ${first + 1}; give each issuer its own`;
      return [issuers.error(['issuers', index, field], message)];
    }),
  );
}
