import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BackupClient } from '@aws-sdk/client-backup';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { backupRestoreTests } from '../adapters/backup/restore-tests.ts';
import { loadCedar } from '../adapters/cedar/cedar.ts';
import { cedarEngine, type ReportFault } from '../adapters/cedar/policy-engine.ts';
import { cedarLanguage } from '../adapters/cedar/policy-language.ts';
import { slackChannel, slackPerson } from '../adapters/chat/slack.ts';
import { teamsChannel } from '../adapters/chat/teams.ts';
import { dynamoReviewStore } from '../adapters/dynamodb/access-reviews.ts';
import { appendPrincipalEvent } from '../adapters/dynamodb/append-event.ts';
import { dynamoAppliedStore } from '../adapters/dynamodb/applied-store.ts';
import { chatPresses as seenPresses } from '../adapters/dynamodb/chat-presses.ts';
import { dynamoChatStore } from '../adapters/dynamodb/chat-store.ts';
import { countCrowd } from '../adapters/dynamodb/crowds.ts';
import { dynamoDeployments } from '../adapters/dynamodb/deployments.ts';
import { watchGated } from '../adapters/dynamodb/gated.ts';
import { dynamoGrantStore } from '../adapters/dynamodb/grant-store.ts';
import { dynamoKillStore } from '../adapters/dynamodb/kill-store.ts';
import { dynamoLedgerRecovery } from '../adapters/dynamodb/ledger-recovery.ts';
import { dynamoLedgerStore } from '../adapters/dynamodb/ledger-store.ts';
import { readParkedToken } from '../adapters/dynamodb/parked-token.ts';
import { dynamoPrincipalStore } from '../adapters/dynamodb/principal-store.ts';
import { dynamoQuarantines, watchQuarantine } from '../adapters/dynamodb/quarantine.ts';
import { dynamoRecoveries } from '../adapters/dynamodb/recovery-store.ts';
import { dynamoRestoreStore } from '../adapters/dynamodb/restore-store.ts';
import { scanRestored } from '../adapters/dynamodb/scan-restored.ts';
import { dynamoSignalStore } from '../adapters/dynamodb/signal-store.ts';
import { dynamoStatsStore } from '../adapters/dynamodb/stats-store.ts';
import { tableId as readTableId } from '../adapters/dynamodb/table-id.ts';
import { readTableSettings } from '../adapters/dynamodb/table-settings.ts';
import { dynamoOverdueEvents, dynamoTrail } from '../adapters/dynamodb/trail.ts';
import { type Bus, eventBridgeBus } from '../adapters/eventbridge/bus.ts';
import { killRoleCredentials } from '../adapters/iam/kill-role.ts';
import { type IamClients, iamRolePolicies } from '../adapters/iam/role-policies.ts';
import { kmsLedgerSigner } from '../adapters/kms/ledger-signer.ts';
import { answerOf } from '../adapters/lambda/call-function.ts';
import { lambdaWaker, type Wake } from '../adapters/lambda/waker.ts';
import { tokenVerifier } from '../adapters/oidc/token-verifier.ts';
import { s3LedgerFiles } from '../adapters/s3/ledger-files.ts';
import { sfnWorkflow, type Workflow } from '../adapters/sfn/workflow.ts';
import { type Mailer, snsMailer } from '../adapters/sns/mailer.ts';
import { ssmParameters } from '../adapters/ssm/parameters.ts';
import { callerIdentity } from '../adapters/sts/caller-identity.ts';
import { stsSessionIssuer } from '../adapters/sts/session-issuer.ts';
import { httpWitness } from '../adapters/witness/http-witness.ts';
import type { Operator, PrincipalEvent } from '../core/audit.ts';
import type { Bundle } from '../core/bundle/bundle.ts';
import type { MessengerOf } from '../core/chat/chat-ports.ts';
import type { ChatConfig } from '../core/config/chat-schema.ts';
import type { Deployment } from '../core/entitlement.ts';
import type { Unavailable } from '../core/failure.ts';
import type { Instant } from '../core/instant.ts';
import type { Issuer } from '../core/issuer.ts';
import type { KillPorts, KillStore } from '../core/kill/ports.ts';
import { openCheckpoint } from '../core/ledger/checkpoint.ts';
import type { Witness } from '../core/ledger/cosign-log.ts';
import type { EntryContent } from '../core/ledger/entry.ts';
import { OCSF_VERSIONS, type OcsfVersion } from '../core/ocsf/classes.ts';
import type { GrantStore, PolicyEngine, PrincipalStore, SessionIssuer } from '../core/ports.ts';
import type { PrincipalRecords } from '../core/principal-records.ts';
import type { QuarantineRead } from '../core/read-quarantine.ts';
import type { RecoveryMarks } from '../core/recovery/ledger-recovery.ts';
import type { RestoreStore } from '../core/recovery/ports.ts';
import type { RecoveryStore } from '../core/recovery/recover-ports.ts';
import type { ValidationPorts } from '../core/recovery/validate-restore.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { ReviewStore } from '../core/reviewing/review-ports.ts';
import type { RoleArn } from '../core/role-arn.ts';
import { raisePressure } from '../core/signals/raise-pressure.ts';
import type { SignalStore } from '../core/signals/signal-store.ts';
import { parseVerifierKey } from '../core/signed-note.ts';
import type { StatsStore } from '../core/stats/stats-ports.ts';
import type { AppliedStore } from '../core/upkeep/apply-bundle.ts';
import type { Crowd } from '../core/upkeep/crowded-mails.ts';
import type { ParkedToken } from '../core/upkeep/orchestrate.ts';
import type { OrderPorts } from '../core/upkeep/order-quarantine.ts';
import { logger } from './logger.ts';
import { observedEngine, observedIssuer, observedStore } from './observed.ts';
import { reportSignal } from './report-signal.ts';

/**
 * The composition root: it chooses the adapter behind each port. Each Lambda calls what it needs while it
 * initialises. Region and endpoints come from the SDK's own environment.
 */

/** An AWS call fails after this time, so that the caller gets a 503 and not a gateway time-out. */
const AWS_CALL = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
};

export const clock = (): number => Date.now();
export const random = (length: number): Uint8Array => randomBytes(length);

export function bundle(): Bundle {
  return JSON.parse(readFileSync(packaged('bundle.json'), 'utf8')) as Bundle;
}

/** The files that the bundle was compiled from, as one text. */
export function bundleSource(): string {
  return readFileSync(packaged('source.json'), 'utf8');
}

export function deployment(): Deployment {
  return { account: env('ACCOUNT_ID'), region: env('AWS_REGION') };
}

export function engine(compiled: Bundle, cedar: WebAssembly.Module): PolicyEngine {
  const report: ReportFault = (fault) => logger.error('policy bundle fault', { fault });
  return observedEngine(cedarEngine(loadCedar(cedar), compiled, report));
}

export function store(): GrantStore {
  return observedStore(dynamoGrantStore(table(), clock));
}

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

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** What a recovery writes. */
export function restoreStore(): RestoreStore {
  return dynamoRestoreStore(table());
}

export function recoveries(): RecoveryStore {
  return dynamoRecoveries(table());
}

/** Longer than these Lambdas may work. A repeat of the caller's does the rest. */
const LONG_CALL = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 1000, requestTimeout: 60_000 },
};

/** Calls the Lambdas that a recovery goes through, and waits for their answers. */
export function functionCaller() {
  const client = new LambdaClient(LONG_CALL);
  const calling = (name: string) => (input: unknown) => answerOf(client, name, input);
  return { kill: calling(env('KILL_FUNCTION')), ledger: calling(env('LEDGER_FUNCTION')) };
}

/** What the compiler of bundles needs of Cedar. */
export function policyLanguage(cedar: WebAssembly.Module) {
  return cedarLanguage(loadCedar(cedar));
}

/** Whether the broker is in quarantine. All that a Lambda does asks the same watch. */
export const quarantine: QuarantineRead = () => watch()();

const watch = /* @__PURE__ */ once(() => watchQuarantine(table(), clock, isDeployedForRecovery()));

/** What orders about a quarantine need. */
export function quarantineOrders(): OrderPorts {
  const quarantines = dynamoQuarantines(table(), clock);
  return { quarantines, deployed: isDeployedForRecovery(), clock, random };
}

function isDeployedForRecovery(): boolean {
  const value = process.env['QUARANTINE'] ?? '';
  if (value === '' || value === 'recovery') return value === 'recovery';
  throw new Error(`QUARANTINE is ${value}, not recovery`);
}

export function sessionIssuer(): SessionIssuer {
  const report = (operation: string, errorName: string, role: string): void =>
    logger.error('AWS call failed', { operation, errorName, role });
  return observedIssuer(stsSessionIssuer(new STSClient(AWS_CALL), report));
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

export function workflow(): Workflow {
  return sfnWorkflow(new SFNClient(AWS_CALL), env('STATE_MACHINE_ARN'));
}

export function parkedTokens(): (grantId: string) => Promise<ParkedToken | null> {
  const { client, name } = table();
  return (grantId) => readParkedToken(client, name, grantId);
}

/** A late repeat would undo another writer's policy, so the SDK does not retry IAM calls. */
const IAM_CALL = { ...AWS_CALL, maxAttempts: 1 };

export function kills(): KillStore {
  return dynamoKillStore(table());
}

export function eventBus(): Bus {
  return eventBridgeBus(new EventBridgeClient(AWS_CALL), env('EVENT_BUS'));
}

export function mailer(): Mailer {
  const topics = {
    approvers: env('APPROVERS_TOPIC'),
    security: env('SECURITY_TOPIC'),
    requesters: env('REQUESTERS_TOPIC'),
  };
  return snsMailer(new SNSClient(AWS_CALL), topics);
}

export function crowdCounter(): (crowd: Crowd) => Promise<number> {
  return (crowd) => countCrowd(table(), crowd);
}

/** Where the records go of what callers did that changed no grant: refused calls, and exports. */
export function principalRecords(): PrincipalRecords {
  const append = (event: PrincipalEvent) => appendPrincipalEvent(table(), event);
  return { append, clock, random };
}

export function ledgerStore() {
  return dynamoLedgerStore(table());
}

export function ledgerRecovery(): RecoveryMarks {
  return dynamoLedgerRecovery(table());
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

export function ledgerFiles() {
  return s3LedgerFiles(new S3Client(AWS_CALL), env('LEDGER_BUCKET'), reportFailure);
}

/** The key of the log, under the name of the log. */
export function ledgerSigner() {
  const client = new KMSClient(AWS_CALL);
  return kmsLedgerSigner(client, env('LEDGER_KEY'), env('LEDGER_ORIGIN'), reportFailure);
}

/** What the entries of the log have: `events` or `digests`. */
export function ledgerContent(): EntryContent {
  const content = env('LEDGER_ENTRIES');
  if (content === 'events' || content === 'digests') return content;
  throw new Error(`LEDGER_ENTRIES is ${content}, not events or digests`);
}

/** In which version of OCSF events are delivered. */
export function ocsfVersion(): OcsfVersion {
  const version = env('OCSF_VERSION');
  const known = OCSF_VERSIONS.find((one) => one === version);
  if (known === undefined) throw new Error(`OCSF_VERSION is ${version}, which is none`);
  return known;
}

/** Who signed a token for this receiver. */
export function callerProof(): (
  token: unknown,
  receiver: string,
) => Promise<Result<Operator, string>> {
  const client = new STSClient(AWS_CALL);
  return (token, receiver) => callerIdentity(client, token, receiver);
}

/** Those who cosign the log; none by default. */
export function witnesses(): readonly Witness[] {
  const listed = JSON.parse(process.env['LEDGER_WITNESSES'] ?? '[]') as {
    readonly url: string;
    readonly vkey: string;
  }[];
  return listed.map(({ url, vkey }) => {
    const key = parseVerifierKey(vkey, 'cosignature');
    if (key === null) throw new Error(`LEDGER_WITNESSES has ${vkey}, which is no key of a witness`);
    return httpWitness(url.replace(/\/+$/, ''), key);
  });
}

/** Where people are told in Slack and Teams. */
export function chatConfig(): ChatConfig {
  return JSON.parse(readFileSync(packaged('chat.json'), 'utf8')) as ChatConfig;
}

export function chats() {
  return dynamoChatStore(table(), clock);
}

/** Each signature of Slack is good once. */
export function chatPresses() {
  return seenPresses(table(), clock);
}

/** What a Lambda may read of the secrets of the chat. */
export function chatSecrets() {
  return ssmParameters(new SSMClient(AWS_CALL), reportFailure);
}

/** Who talks to a place. */
export function messengers({ slack }: ChatConfig): MessengerOf {
  const secrets = chatSecrets();
  return (place) => {
    if (place.kind === 'teams') return teamsChannel(secrets, place.webhook);
    if (slack === undefined) throw new Error('chat.json has no slack');
    const { apiUrl: url, botToken, interactivity } = slack;
    const interactive = interactivity !== undefined;
    const workspace = { apiUrl: url, botToken, interactive, secrets };
    return place.kind === 'channel'
      ? slackChannel(workspace, place.channel)
      : slackPerson(workspace, place.email);
  };
}

/** Where the API answers, for links in mails and messages. */
export function apiUrl(): string {
  return env('API_URL');
}

export const pause = (milliseconds: number): Promise<void> => sleep(milliseconds);

export function killSwitch(): Omit<KillPorts, 'holder'> {
  const told = { store: store(), signals: signals(), random, clock };
  return {
    quarantine,
    kills: kills(),
    policies: iamRolePolicies(iamClients()),
    clock,
    pause,
    // The alarm Overflow counts this line.
    reportOverflow: (overflow) => logger.warn('kill switch overflow', overflow),
    reportPressure: async (pressure, holder) => {
      const raised = await raisePressure(told, pressure, holder.split(' ')[0] ?? holder);
      if (raised.ok && raised.value !== null) reportSignal(raised.value);
    },
    recovering: recovering(),
    jitter: Math.random,
  };
}

/** The plan of restore tests. */
export function restoreTests() {
  return backupRestoreTests(new BackupClient(AWS_CALL), env('RESTORE_TESTING_PLAN'));
}

/** What it takes to check a table that a restore test has made. */
export async function validation(
  name: string,
  until: Instant,
): Promise<Result<ValidationPorts, Unavailable>> {
  const signer = await ledgerSigner();
  if (!signer.ok) return signer;
  const { client } = table();
  const files = ledgerFiles();
  return ok({
    table: () => readTableSettings(client, name),
    scan: (visit) => scanRestored({ client, name }, clock, until, visit),
    checkpoint: async () => {
      const found = await files.checkpoint();
      if (!found.ok || found.value === null) return found.ok ? ok(null) : found;
      const opened = openCheckpoint(found.value.note, signer.value.key);
      return opened.ok ? opened : err({ code: 'not-signed' });
    },
    readFile: files.read,
    kills: kills(),
    clock,
  });
}

/** Whether the deployment says that the table was restored. */
export function recovering(): boolean {
  return process.env['QUARANTINE'] === 'recovery';
}

/** One client per account. Other accounts are reached through their kill role, whose name they share. */
function iamClients(): IamClients {
  const own = env('ACCOUNT_ID');
  const clients = new Map([[own, new IAMClient(IAM_CALL)]]);
  const sts = new STSClient(IAM_CALL);
  const killRole = env('KILL_ROLE');
  const of = ({ partition, account }: RoleArn): IAMClient => {
    const known = clients.get(account);
    if (known !== undefined) return known;
    const credentials = killRoleCredentials(
      sts,
      `arn:${partition}:iam::${account}:role${killRole}`,
    );
    const client = new IAMClient({ ...IAM_CALL, credentials });
    clients.set(account, client);
    return client;
  };
  return { of, forget: ({ account }) => account !== own && clients.delete(account) };
}

/** Asks the kill switch to look at grants or a role, without waiting for it. */
export function killSwitchWaker(): (what: Wake) => Promise<void> {
  return lambdaWaker(new LambdaClient(AWS_CALL), env('KILL_FUNCTION'), reportFailure);
}

export function verifier(compiled: Bundle) {
  return tokenVerifier(compiled.issuers, issuerUrl, clock);
}

/** The issuer's URL, or the URL that stands in for it on the local stack. */
export function issuerUrl(issuer: Pick<Issuer, 'id' | 'url'>): string {
  const standIns = JSON.parse(process.env['ISSUER_URLS'] ?? '{}') as Record<string, string>;
  return standIns[issuer.id] ?? issuer.url;
}

/** Logs only the name and message of the error, never what was sent. */
function reportFailure(operation: string, error: unknown): void {
  const { name, message } = error instanceof Error ? error : { name: 'unknown', message: '' };
  logger.error('AWS call failed', { operation, errorName: name, errorMessage: message });
}

/** The folder of the page that was packed beside the handler. */
export const pageFolder = (): string => packaged('page');

/** A file that was packed beside the handler. */
export function packaged(file: string): string {
  return join(env('LAMBDA_TASK_ROOT'), file);
}

export function env(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`the environment lacks ${name}`);
  return value;
}
