import type * as z from 'zod';
import type * as responses from '../../core/api/responses.ts';
import type * as statsResponses from '../../core/api/stats-responses.ts';
import type * as usageResponses from '../../core/api/usage-responses.ts';

/** What the API answers, as its own schemas have it. */
export type Grant = z.infer<typeof responses.grant>;
export type GrantPage = z.infer<typeof responses.grantPage>;
export type GrantEvent = z.infer<typeof responses.event>;
export type EventPage = z.infer<typeof responses.events>;
export type Entitlement = z.infer<typeof responses.entitlement>;
export type Entitlements = z.infer<typeof responses.entitlements>;
export type Evaluation = z.infer<typeof responses.evaluation>;
export type Decision = z.infer<typeof responses.decision>;
export type DecisionPage = z.infer<typeof responses.decisionPage>;
export type Me = z.infer<typeof responses.whoami>;
export type PrincipalState = z.infer<typeof responses.principalState>;
export type PrincipalPage = z.infer<typeof responses.principalPage>;
export type QuarantineState = z.infer<typeof responses.quarantine>;
export type Stats = z.infer<typeof statsResponses.stats>;
export type GrantUsage = z.infer<typeof usageResponses.grantUsage>;
export type EntitlementUsage = z.infer<typeof usageResponses.entitlementUsage>;
