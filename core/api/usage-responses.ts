import * as z from 'zod';
import { ANSWERS } from '../usage.ts';

/** What `GET /v1/grants/{id}/usage` and `GET /v1/entitlements/{id}/usage` answer. */

const time = z.iso.datetime().describe('RFC 3339, UTC');
const count = z.int().nonnegative();
const calls = { calls: count, refused: count.describe('Those of them that AWS refused') };

const summary = z
  .strictObject({
    used: count,
    granted: count.describe('Actions that the entitlement grants, wildcards resolved'),
    unknown: count.describe('Actions of which the logs cannot say whether they were used'),
  })
  .nullable()
  .describe('By the entitlement as it is now; null where nothing can be said');

const blind = z
  .array(
    z.strictObject({
      service: z.string(),
      accounts: z.array(z.string()).describe('Empty for all'),
      regions: z.array(z.string()).describe('Empty for all'),
      why: z.string(),
    }),
  )
  .describe('What the logs do not show: actions of these count as unknown, never as unused');

const wanted = z
  .array(
    z.strictObject({
      action: z.string(),
      resource: z.string().nullable(),
      calls: count,
      grants: count,
    }),
  )
  .describe('What was called and refused, and the entitlement does not grant');

const wantedLeftOut = count.describe(
  'Refused calls of so many more actions and resources were not compared with the entitlement',
);

const answer = z
  .enum(ANSWERS)
  .describe('unused: the logs would show a call, and do not. unknown: they cannot show one');

const why = z.string().nullable().describe('Why it is unknown');

const whole = z
  .boolean()
  .describe(
    'Whether the logs show every call; if not, it may have been used on other resources too',
  );

const unproven = count.describe('Calls that were answered before permissions were checked');

const action = z.strictObject({
  action: z.string(),
  granted: z.boolean().describe('Whether the entitlement grants it now'),
  ...{ answer, why, whole, ...calls },
  first: time.nullable(),
  last: time.nullable(),
  regions: z.array(z.string()),
  via: z.array(z.string()).describe("AWS services that called on the session's behalf"),
  resources: z.array(z.strictObject({ resource: z.string(), ...calls })),
  otherResources: count.describe('How many further resources there were'),
  unnamedCalls: count.describe('Calls whose resource the logs do not tell'),
  unproven,
});

const made = z
  .strictObject({
    vends: count.describe(
      'Vends of its keys that the logs have; with none, nothing counts as unused',
    ),
    total: count,
    refused: count,
    first: time.nullable(),
    last: time.nullable(),
    unmapped: z
      .array(z.strictObject({ source: z.string(), name: z.string(), ...calls, unproven }))
      .describe('Calls whose IAM action is not known'),
    networks: z.array(z.strictObject({ network: z.string(), ...calls })),
    agents: z.array(z.strictObject({ agent: z.string(), ...calls })),
    chained: z.array(z.strictObject({ role: z.string(), ...calls })),
    afterEnd: z
      .strictObject({ ...calls, last: time.nullable() })
      .describe('More than a minute after the end of the grant'),
    refusedBurst: count.describe('The most refused calls within five minutes'),
    leftOut: z
      .strictObject({
        actions: count,
        unmapped: count,
        networks: count,
        agents: count,
        chained: count,
      })
      .nullable()
      .describe('How many more there were than a report has room for; null where there were none'),
    read: z
      .strictObject({
        source: z.enum(['files', 'athena']),
        from: time,
        until: time,
        files: count,
        records: count,
        bytes: count,
        unreadable: count.describe('Records and files that could not be read'),
        duplicates: count,
      })
      .describe('What was read to get there'),
  })
  .nullable()
  .describe('All calls together, and who made them; null unless the logs were read');

export const grantUsage = z
  .strictObject({
    grant: z.string(),
    entitlement: z.string(),
    state: z
      .enum(['read', 'waiting', 'idle', 'off', 'not-kept'])
      .describe(
        'waiting: the logs will be read. idle: no keys were vended. off: the deployment does not read these logs. not-kept: what was called is not known any more',
      ),
    readAfter: time.nullable().describe('When the logs will be read; null while the grant goes on'),
    readAt: time.nullable(),
    changed: z
      .boolean()
      .describe('Whether the entitlement grants something else now than it did to this grant'),
    ...{ summary, blind },
    actions: z.array(action).describe('What the entitlement grants, and what was called beyond it'),
    ...{ wanted, wantedLeftOut },
    calls: made,
  })
  .meta({ id: 'GrantUsage' });

export const entitlementUsage = z
  .strictObject({
    entitlement: z.string(),
    state: z.enum(['on', 'off']).describe('Whether the deployment reads logs'),
    days: count,
    from: time.describe(
      'Since when: later than asked for where logs are read, or kept, only since then',
    ),
    until: time,
    complete: z.boolean().describe('False where there are more grants than an answer has room for'),
    grants: count.describe('Grants that were requested since then'),
    idle: count.describe('Those of them under which nothing was called'),
    unread: count.describe(
      'Those of them that go on, or whose calls were not read, or are not all in the logs',
    ),
    ...{ summary, blind },
    actions: z.array(
      z.strictObject({
        action: z.string(),
        ...{ answer, why, whole, ...calls },
        grants: count.describe('Under how many grants it was used'),
        principals: count.describe('By how many people and jobs'),
      }),
    ),
    ...{ wanted, wantedLeftOut },
    principals: z.array(
      z.strictObject({
        principal: z.string().describe('Its id'),
        name: z.string().describe('For display; never compared'),
        grants: count,
        idle: count,
        actions: count.describe('How many actions it used'),
        ...calls,
        lastUse: time.nullable(),
      }),
    ),
  })
  .meta({ id: 'EntitlementUsage' });
