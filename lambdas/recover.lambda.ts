import './begin-cedar.ts';
import type { Bundle } from '../core/bundle/bundle.ts';
import { readBundleSource } from '../core/bundle/bundle-source.ts';
import type { Unavailable } from '../core/failure.ts';
import { addSeconds, type Instant } from '../core/instant.ts';
import { sourcePath } from '../core/ledger/bundle-path.ts';
import { openCheckpoint } from '../core/ledger/checkpoint.ts';
import { readBundle as compile } from '../core/policy/read-bundle.ts';
import { recover } from '../core/recovery/recover.ts';
import type { RecoverPorts, RoleCut } from '../core/recovery/recover-ports.ts';
import type { Recovery } from '../core/recovery/recovery.ts';
import { rehearsal } from '../core/recovery/rehearse.ts';
import { NO_TABLE, type Stopped, stopped, waiting } from '../core/recovery/stopped.ts';
import { collectTail, type Tail } from '../core/recovery/tail.ts';
import { describeTailFault } from '../core/recovery/tail-fault.ts';
import { ok, type Result } from '../core/result.ts';
import { recordDeployed } from '../core/upkeep/order-quarantine.ts';
import { cedarModule } from './begin-cedar.ts';
import * as deciding from './container/deciding.ts';
import * as environment from './container/environment.ts';
import * as killing from './container/killing.ts';
import * as ledger from './container/ledger.ts';
import * as recovery from './container/recovery.ts';
import * as stores from './container/stores.ts';
import { logger } from './logger.ts';
import { awsHandler } from './middleware/aws-handler.ts';

/**
 * Rebuilds the broker's state on a restored table. `valetkey recover` calls it again and again until it has ended. It is
 * deployed with `-c recovery=on` alone, and so only together with a quarantine.
 */

/** A dry run changes nothing, so its caller keeps how far it has come. */
type Input = {
  /** The moment whose data the table has, as RFC 3339. */
  readonly restoredTo: string;
  readonly withoutLedger?: boolean;
  readonly dryRun?: boolean;
  /** The newest checkpoint of the log that anybody has seen: it may not go on from less. */
  readonly newest?: string;
  readonly before?: Recovery;
};

/** `passes`: the same order goes on once there was time. */
export type RecoverOutput =
  | { readonly recovery: Recovery }
  | { readonly stopped: string; readonly passes: boolean };

/** Shorter than the Lambda may work, by more than one portion takes. */
const WORK_SECONDS = 45;

const cedar = await cedarModule;
const bundle = deciding.bundle();
const files = ledger.ledgerFiles();
const invoke = recovery.functionCaller();
const workflow = killing.workflow();

const ports: Omit<RecoverPorts, 'completePlaces'> = {
  bundle,
  deployment: environment.deployment(),
  readBundle,
  store: stores.store(),
  principals: stores.principals(),
  kills: stores.kills(),
  restore: recovery.restoreStore(),
  recoveries: recovery.recoveries(),
  applied: stores.applied(),
  cutOff,
  tail,
  startWorkflow: (step, name) => workflow.start(step, name),
  wakeKillSwitch: killing.killSwitchWaker(),
  holdQuarantine: async (requestId) =>
    (await recordDeployed(recovery.quarantineOrders(), requestId)).ok,
  append: stores.principalRecords().append,
  clock: environment.clock,
  random: environment.random,
};

export const handler = awsHandler(
  async (input: Input, { awsRequestId }): Promise<RecoverOutput> => {
    if (!environment.recovering())
      return { stopped: 'the broker is not deployed with -c recovery=on', passes: false };
    const restoredTo = Date.parse(input.restoredTo);
    if (Number.isNaN(restoredTo))
      return { stopped: 'restoredTo is no time in RFC 3339', passes: false };
    const tableId = await stores.tableId();
    if (!tableId.ok) return { stopped: NO_TABLE.error.reason, passes: true };
    const order = {
      tableId: tableId.value,
      restoredTo,
      withoutLedger: input.withoutLedger === true,
    };
    const until = addSeconds(environment.clock(), WORK_SECONDS);
    const { newest } = input;
    const all = { ...ports, completePlaces: () => completePlaces(newest) };
    const own = input.dryRun === true ? rehearsal(all, input.before ?? null) : all;
    const done = await recover(own, order, until, awsRequestId);
    if (!done.ok) {
      const { reason, passes } = done.error;
      logger.warn('recovery stopped', { reason, passes });
      return { stopped: reason, passes };
    }
    const { phase, after, report } = done.value;
    logger.info('recovery', { phase, after, ...report.grants });
    return { recovery: done.value };
  },
);

async function cutOff(role: string): Promise<Result<RoleCut, string>> {
  const answer = await invoke.kill({ recover: role });
  if (!answer.ok) return answer;
  const { patterns, except, refused } = answer.value as RoleCut;
  return ok({ patterns, except, ...(refused !== undefined && { refused }) });
}

async function completePlaces(newest?: string): Promise<Result<boolean, Stopped>> {
  const answer = await invoke.ledger({ recover: newest === undefined ? {} : { newest } });
  if (!answer.ok) return waiting(`the ledger does not go on: ${answer.error}`);
  const { done, refused } = answer.value as { readonly done: boolean; readonly refused?: string };
  return refused === undefined ? ok(done) : stopped(`the ledger cannot go on: ${refused}`);
}

/** Read once for each signed state of the log: a replica may catch up between two calls. */
let known: { readonly since: Instant; readonly note: string; readonly tail: Tail } | null = null;

async function tail(since: Instant): Promise<Result<Tail, Stopped>> {
  const [signer, stored] = await Promise.all([ledger.ledgerSigner(), files.checkpoint()]);
  if (!signer.ok || !stored.ok) return waiting('the ledger does not answer');
  if (stored.value === null) {
    return stopped('the ledger has no checkpoint: see docs/runbooks/ledger-lost.md');
  }
  const { note } = stored.value;
  if (known?.since === since && known.note === note) return ok(known.tail);
  const checkpoint = openCheckpoint(note, signer.value.key);
  if (!checkpoint.ok) return stopped('the checkpoint of the ledger is not signed by its key');
  const read = await collectTail(files.read, checkpoint.value, since);
  if (!read.ok) {
    const why = describeTailFault(read.error);
    return read.error.code === 'unavailable' ? waiting(why) : stopped(why);
  }
  known = { since, note, tail: read.value };
  return ok(read.value);
}

async function readBundle(hash: string): Promise<Result<Bundle | null, Unavailable>> {
  const text = await files.read(sourcePath(hash));
  if (!text.ok || text.value === null) return text.ok ? ok(null) : text;
  const source = readBundleSource(Buffer.from(text.value).toString('utf8'), hash);
  if (!source.ok) return ok(null);
  const compiled = compile(source.value.files, deciding.policyLanguage(cedar));
  return ok(compiled.ok ? compiled.value.bundle : null);
}
