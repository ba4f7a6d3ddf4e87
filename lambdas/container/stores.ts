import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoReviewStore } from '../../adapters/dynamodb/access-reviews.ts';
import { appendPrincipalEvent } from '../../adapters/dynamodb/append-event.ts';
import { dynamoAppliedStore } from '../../adapters/dynamodb/applied-store.ts';
import { countCrowd } from '../../adapters/dynamodb/crowds.ts';
import { dynamoDeployments } from '../../adapters/dynamodb/deployments.ts';
import { watchGated } from '../../adapters/dynamodb/gated.ts';
import { dynamoGrantStore } from '../../adapters/dynamodb/grant-store.ts';
import { dynamoKillStore } from '../../adapters/dynamodb/kill-store.ts';
import { readParkedToken } from '../../adapters/dynamodb/parked-token.ts';
import { dynamoPrincipalStore } from '../../adapters/dynamodb/principal-store.ts';
import { watchQuarantine } from '../../adapters/dynamodb/quarantine.ts';
import { dynamoSignalStore } from '../../adapters/dynamodb/signal-store.ts';
import { dynamoStatsStore } from '../../adapters/dynamodb/stats-store.ts';
import { tableId as readTableId } from '../../adapters/dynamodb/table-id.ts';
import { dynamoOverdueEvents, dynamoTrail } from '../../adapters/dynamodb/trail.ts';
import type { PrincipalEvent } from '../../core/audit.ts';
import type { Unavailable } from '../../core/failure.ts';
import type { KillStore } from '../../core/kill/ports.ts';
import type { GrantStore, PrincipalStore } from '../../core/ports.ts';
import type { PrincipalRecords } from '../../core/principal-records.ts';
import type { QuarantineRead } from '../../core/read-quarantine.ts';
import type { Result } from '../../core/result.ts';
import type { ReviewStore } from '../../core/reviewing/review-ports.ts';
import type { SignalStore } from '../../core/signals/signal-store.ts';
import type { StatsStore } from '../../core/stats/stats-ports.ts';
import type { AppliedStore } from '../../core/upkeep/apply-bundle.ts';
import type { Crowd } from '../../core/upkeep/crowded-mails.ts';
import type { ParkedToken } from '../../core/upkeep/orchestrate.ts';
import { observedStore } from '../observed.ts';
import { AWS_CALL, reportFailure } from './aws-calls.ts';
import { clock, env, once, random, recovering } from './environment.ts';

/** The part of the composition root that keeps things: the table, and what stands in it. */

export const table = /* @__PURE__ */ once(() => {
  const own = {
    client: new DynamoDBClient(AWS_CALL),
    name: env('TABLE_NAME'),
    report: reportFailure,
  };
  return { ...own, ...watchGated(own, clock) };
});

/** Reads what the table knows of its gates, before the first vend: until then vends check more. */
export function gatesRead(): Promise<void> {
  return table().look();
}

export function store(): GrantStore {
  return observedStore(dynamoGrantStore(table(), clock));
}

export function principals(): PrincipalStore {
  return dynamoPrincipalStore(table(), clock);
}

export function signals(): SignalStore {
  return dynamoSignalStore(table());
}

export function stats(): StatsStore {
  return dynamoStatsStore(table(), clock);
}

export function reviews(): ReviewStore {
  return dynamoReviewStore(table(), clock);
}

export function applied(): AppliedStore {
  return dynamoAppliedStore(table());
}

export function parkedTokens(): (grantId: string) => Promise<ParkedToken | null> {
  const { client, name } = table();
  return (grantId) => readParkedToken(client, name, grantId);
}

export function kills(): KillStore {
  return dynamoKillStore(table());
}

export function crowdCounter(): (crowd: Crowd) => Promise<number> {
  return (crowd) => countCrowd(table(), crowd);
}

/** Where the records go of what callers did that changed no grant: refused calls, and exports. */
export function principalRecords(): PrincipalRecords {
  const append = (event: PrincipalEvent) => appendPrincipalEvent(table(), event);
  return { append, clock, random };
}

/** The id of the table: another one than that of the table that it was restored from. */
export function tableId(): Promise<Result<string, Unavailable>> {
  return readTableId(table());
}

export function trail() {
  return dynamoTrail(table());
}

export function deployments() {
  return dynamoDeployments(table());
}

export function overdueEvents() {
  return dynamoOverdueEvents(table());
}

/** Whether the broker is in quarantine. All that a Lambda does asks the same watch. */
export const quarantine: QuarantineRead = () => watch()();

const watch = /* @__PURE__ */ once(() => watchQuarantine(table(), clock, recovering()));
