import * as z from 'zod';
import {
  DEFAULT_LIMITS,
  LEAST_KILL_SWITCH_PERCENT,
  type Limits,
  MOST_OPEN_REQUESTS,
  type PrincipalLimits,
} from '../limits.ts';
import { duration } from './duration-schema.ts';

/** `policy/limits.yaml`, read into the core's own type. What the file leaves out has its default. */

const count = (most: number) => z.int().min(1).max(most);
const requestsPerMinute = count(6000);
const openRequests = count(MOST_OPEN_REQUESTS);
const vendsPerMinute = count(6000);

const principal = (defaults: PrincipalLimits) =>
  z
    .strictObject({
      requestsPerMinute: requestsPerMinute
        .default(defaults.requestsPerMinute)
        .describe('Requests of grants a minute, of one principal'),
      openRequests: openRequests
        .default(defaults.openRequests)
        .describe('Requests and extensions of one principal that wait for votes at a time'),
      openRequestsPerEntitlement: openRequests
        .default(defaults.openRequestsPerEntitlement)
        .describe('Those of them for one entitlement'),
    })
    .prefault({});

const { coolDown } = DEFAULT_LIMITS;

export const limitsFile: z.ZodType<Limits> = z
  .strictObject({
    users: principal(DEFAULT_LIMITS.User),
    workloads: principal(DEFAULT_LIMITS.Workload),
    vendsPerMinute: vendsPerMinute
      .default(DEFAULT_LIMITS.vendsPerMinute)
      .describe('Vends a minute under one grant'),
    killSwitchPercent: z
      .int()
      .min(LEAST_KILL_SWITCH_PERCENT)
      .max(100)
      .default(DEFAULT_LIMITS.killSwitchPercent)
      .describe(
        'How much of the room of a role’s kill switch the ended grants of one principal may need before it vends no more on the role, until the oldest of their keys have expired',
      ),
    coolDown: z
      .strictObject({
        afterDenials: count(100)
          .default(coolDown.afterDenials)
          .describe(
            'Requests of one principal for one entitlement that approvers denied within a day',
          ),
        wait: duration
          .default(coolDown.waitSeconds)
          .describe(
            'How long the next request that needs an approval has to wait; doubles with each denial',
          ),
        atMost: duration.default(coolDown.atMostSeconds),
      })
      .prefault({})
      .transform(({ afterDenials, wait, atMost }) => ({
        afterDenials,
        waitSeconds: wait,
        atMostSeconds: atMost,
      }))
      .refine(({ waitSeconds, atMostSeconds }) => waitSeconds <= atMostSeconds, {
        path: ['atMost'],
        message: 'is shorter than wait',
      }),
    entitlements: z
      .record(
        z.string(),
        z.strictObject({
          openRequestsPerEntitlement: openRequests.optional(),
          vendsPerMinute: vendsPerMinute.optional(),
        }),
      )
      .default({})
      .describe('What single entitlements have instead, by id'),
  })
  .transform(
    ({ users, workloads, ...rest }) => ({ User: users, Workload: workloads, ...rest }) as Limits,
  );
