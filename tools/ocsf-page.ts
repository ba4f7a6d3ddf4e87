import { EVENT_TYPES, PRINCIPAL_EVENT_TYPES } from '../core/audit.ts';
import { classification, OCSF_VERSIONS, type Outcome } from '../core/ocsf/classes.ts';
import { type EventType, MAPPINGS, ocsfClassOf } from '../core/ocsf/mapping.ts';
import { EXCEPTIONS, SEVERITIES } from '../core/ocsf/severity.ts';
import { toOcsf } from '../core/ocsf/to-ocsf.ts';

const TYPES = [...EVENT_TYPES, ...PRINCIPAL_EVENT_TYPES];

/** `docs/reference/ocsf.md`: what each event becomes in the schema of SIEMs and security lakes. */
export function ocsfPage(): string {
  return `# OCSF

Made by \`npm run reference\` from \`core/ocsf/\`: what the events of the trail are in the [Open Cybersecurity Schema
Framework](https://schema.ocsf.io/), in version ${OCSF_VERSIONS.join(' or ')}. Tests check an event of every type against the
rules of both versions: attributes, types, numbers, what is required.

## Classes

${table(
  ['event', ...OCSF_VERSIONS, 'status', 'severity'],
  TYPES.map((type) => [
    `\`${type}\``,
    ...OCSF_VERSIONS.map((version) => classCell(MAPPINGS[version][type])),
    STATUSES[MAPPINGS[OCSF_VERSIONS[0]][type][2]],
    SEVERITIES[type],
  ]),
)}

Success is \`status_id\` 1, failure 2, and 99 stands for the other words. By grant means: the status of the grant after
the event. Active is a success, denied a failure, pending and scheduled have 99 and say so in \`status\`.
\`status_detail\` has the reason; without one, the advice or the policies of a decision that did not simply allow.

A request that never began (\`denied\`, \`lapsed\`, \`cancelled\`) is an assignment that failed, not a removal. A grant ends
with a removal (\`expired\`, \`revoked\`) or, where keys ran out first, with the finding \`outlived\`.

Lakes keep one class in a source or file. The names are ${names()}.

## Severity

Informational: it went as it should. Low: somebody was refused, or something waits for somebody. Medium: somebody should
look at it. High: keys may work longer than they should. The event can say more than its type:

${table(
  ['event', 'severity'],
  EXCEPTIONS.map(({ when, severity }) => [when, severity]),
)}

## Attributes

| attribute | has |
|---|---|
| \`time\` | when it happened, in milliseconds; \`metadata.original_time\` as in the trail |
| \`metadata.uid\` | the id of the event; in 1.9.0 also \`metadata.original_event_uid\` |
| \`metadata.correlation_uid\` | the grant |
| \`metadata.event_code\` | the \`detail-type\` of the event [on the bus](events/README.md) |
| \`metadata.log_name\`, \`metadata.sequence\` | the ledger's origin, and the place of the entry in it |
| \`actor\` | the principal who caused it, with \`session.is_mfa\` where a policy decided; or the broker itself, as \`application\` in 1.9.0 and \`app_name\` in 1.5.0. Findings have none |
| \`user\` | the requester of the grant; the principal of an order, by its id alone if it did not give the order. A workload is a service account |
| \`src_endpoint.ip\` | where the call came from. Findings have none |
| \`privileges\` | the entitlement; \`*\` where all grants of a principal end, in 1.5.0 |
| \`iam_roles\` | in 1.9.0: the entitlement by its name; of a session, the IAM role |
| \`session\` | \`uid\` is RoleSessionName, \`uid_alt\` SourceIdentity, \`issuer\` the role, as in CloudTrail; \`expiration_time\` is when STS ends it, which the session policy may do earlier |
| \`entity\` | the grant that changed; the policy bundle; the call that was refused |
| \`comment\` | of a vote or a review |
| \`resources\` | of a finding: the role, and the grant with its owner |
| \`cloud\` | AWS, with the account where a role is named |
| \`unmapped\` | the other fields of the event under their own names, \`request\` with what was asked for, \`ledger\` with the leaf's hash. \`requestId\` and \`traceId\` are here: the schema has its profile \`trace\` for HTTP and API activity, not for these classes. Groups and tags of the principal stay in the trail |
| \`attestation_list\` | in 1.9.0, of an event in the ledger: the SHA-256 of the whole event in canonical JSON (RFC 8785) without that hash |

The hash in \`attestation_list\` shows that the copy in a lake was not changed by accident. It has no signature. Proof is the
ledger's: \`unmapped.ledger\` has the leaf that [the audit ledger](../audit.md) proves.

## An example

\`\`\`json
${JSON.stringify(EXAMPLE, null, 2)}
\`\`\`
`;
}

const STATUSES: Readonly<Record<Outcome, string>> = {
  success: 'Success',
  failure: 'Failure',
  underway: 'Underway',
  'by grant': 'by grant',
  new: 'New',
};

function classCell(row: Parameters<typeof classification>[0]): string {
  const { class_name, class_uid, activity_name, type_uid } = classification(row);
  return `${class_name} (${class_uid}), ${activity_name}: \`${type_uid}\``;
}

function names(): string {
  const inVersion = OCSF_VERSIONS.map((version) => {
    const all = TYPES.map((type: EventType) => ocsfClassOf({ type }, version));
    const listed = [...new Set(all)].sort().map((name) => `\`${name}\``);
    return `${listed.join(', ')} in ${version}`;
  });
  return inVersion.join('; ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

const ANA = { type: 'User', id: 'people:ana', name: 'ana@acme.example' } as const;

const EXAMPLE = toOcsf(
  {
    id: 'ev_5t0c2m9w4k7h1x8q3d6f',
    grantId: 'gr_0ab1c2d3e4f5g6h7j8k9',
    entitlement: 'artifacts-read',
    status: 'active',
    at: Date.parse('2026-11-23T10:00:00.123Z'),
    actor: ANA,
    requestId: 'QkX1gjbuIAMEVfA=',
    sourceIp: '192.0.2.7',
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    type: 'vended',
    session: {
      roleArn: 'arn:aws:iam::111122223333:role/valetkey/artifacts',
      sessionName: 'vk_0123456789abcdefghjkmnpqrs',
      sourceIdentity: 'ana-7h2kq9x4m1c8w3d6.gr_0ab1c2d3e4f5g6h7j8k9',
      durationSeconds: 900,
    },
  },
  {
    version: '1.9.0',
    requester: ANA,
    ledger: {
      origin: 'valetkey.acme.example/log',
      index: 4711,
      leafHash: 'lqKW0iTyhcZ77pPDD4owkVfw2qNdxbh+QQt4YwoJz8c=',
    },
  },
);
