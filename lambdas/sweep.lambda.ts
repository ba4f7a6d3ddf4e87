import './begin-cedar.ts';
import { awaitsKill } from '../core/lifecycle/end.ts';
import { ok } from '../core/result.ts';
import { applyBundle } from '../core/upkeep/apply-bundle.ts';
import { recordDeployed } from '../core/upkeep/order-quarantine.ts';
import { type Swept, sweep } from '../core/upkeep/sweep.ts';
import { cedarModule } from './begin-cedar.ts';
import * as deciding from './container/deciding.ts';
import * as environment from './container/environment.ts';
import * as killing from './container/killing.ts';
import * as recovery from './container/recovery.ts';
import * as stores from './container/stores.ts';
import { logger } from './logger.ts';
import { note } from './metrics.ts';
import { awsHandler } from './middleware/aws-handler.ts';

/**
 * Runs every few minutes: ends what slipped through, and checks open grants against a bundle that was
 * just deployed. May write the table and wake the kill switch.
 */

const bundle = deciding.bundle();
const ports = {
  bundle,
  deployment: environment.deployment(),
  engine: deciding.engine(bundle, await cedarModule),
  quarantine: stores.quarantine,
  store: stores.store(),
  principals: stores.principals(),
  applied: stores.applied(),
  kills: stores.kills(),
  wakeKillSwitch: killing.killSwitchWaker(),
  clock: environment.clock,
  random: environment.random,
};

const orders = recovery.quarantineOrders();

export const handler = awsHandler(async (_: unknown, { awsRequestId }) => {
  await noteQuarantine(awsRequestId);
  // What is due comes first: it needs no policy engine.
  const swept = await sweep(ports, awsRequestId);
  if (swept.ok) report(swept.value);
  const applied = await applyBundle(ports, awsRequestId);
  if (!applied.ok) throw new Error('the open grants were not checked against the bundle');
  const { ended, unchecked } = applied.value;
  const grantIds = ended.filter(awaitsKill).map(({ id }) => id);
  if (grantIds.length > 0) await ports.wakeKillSwitch({ grantIds });
  if (ended.length > 0) logger.warn('no longer allowed', { grants: ended.map(({ id }) => id) });
  // The alarm on errors rings, and the next run tries these grants again.
  if (unchecked.length > 0) {
    logger.error('not checked against the bundle', { grants: unchecked });
    throw new Error('grants could not be checked against the bundle');
  }
  if (!swept.ok) throw new Error('the store did not answer');
  return { ...swept.value, noLongerAllowed: ended.map(({ id }) => id) };
});

/** Writes down the quarantine of a deployment for recovery. The alarm Quarantine rings while one lasts. */
async function noteQuarantine(requestId: string): Promise<void> {
  const recorded = orders.deployed ? await recordDeployed(orders, requestId) : ok(null);
  if (!recorded.ok) logger.warn('quarantine not recorded', { reason: recorded.error.code });
  const read = await ports.quarantine();
  note({ metric: 'Quarantine', value: read.ok && read.value === null ? 0 : 1 });
}

/** The alarm Repaired counts the first line. A kill switch with much to do is no reason for it. */
function report(swept: Swept): void {
  const { repaired, overdueKills, frozenRoles, failed } = swept;
  const { killing, finishedOrders, unfinishedOrders } = swept;
  const found = [repaired, overdueKills, frozenRoles, failed, finishedOrders, unfinishedOrders];
  const count = found.reduce((sum, { length }) => sum + length, 0);
  note({ metric: 'SweepFound', value: count });
  if (count > 0) logger.warn('repaired', { count, ...swept });
  else if (killing.length > 0) logger.info('kill switch woken', { killing });
}
