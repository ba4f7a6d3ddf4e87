import type { Located } from '../bundle/yaml-file.ts';
import { nearlyEqual } from '../did-you-mean.ts';
import type { Entitlement, Statement } from '../entitlement.ts';
import { AWS_SERVICES } from './aws-services.ts';
import { acknowledge, type EntitlementWarning } from './lint-warning.ts';

const RULE = 'unknown-service';

/** Warns of actions of a service that does not exist: IAM takes them, and they match no call. */
export function lintServices({
  value,
  error,
}: Located<Entitlement>): readonly EntitlementWarning[] {
  return value.statements.flatMap((statement, index) =>
    (['Action', 'NotAction'] as const).flatMap((field) =>
      unknownIn(statement, field).map((service) => {
        const near = nearlyEqual(service, [...AWS_SERVICES]);
        const hint = near === null ? '' : ` (${near}?)`;
        const message = `names the service '${service}', which AWS did not have when this version was made; IAM takes it, and it matches no call: correct it${hint}, or ${acknowledge(RULE)}`;
        return { ...error(['statements', index, field], message), rule: RULE };
      }),
    ),
  );
}

function unknownIn(statement: Statement, field: 'Action' | 'NotAction'): readonly string[] {
  const services = (statement[field] ?? []).flatMap((action) =>
    action === '*' ? [] : (action.toLowerCase().split(':')[0] ?? ''),
  );
  return [...new Set(services)].filter((service) => !AWS_SERVICES.has(service));
}
