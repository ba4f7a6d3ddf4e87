import type { Command } from 'commander';
import * as answers from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { forgetEndedGrants } from '../credential-cache/forget.ts';
import { UsageError } from '../failure.ts';
import { noteQuarantine } from '../operator/quarantine.ts';
import {
  duration,
  examples,
  type RequestOptions,
  type WaitingOptions,
  wholeNumber,
  withBroker,
  withJson,
  withRequest,
} from '../options.ts';
import { canPrompt } from '../prompts.ts';
import { entitlementOf } from '../saved/resolve.ts';
import { signedIn } from '../sign-in/bearer.ts';
import { plain, type Terminal } from '../terminal.ts';
import { allEvents } from './events.ts';
import { grantIdOf } from './find.ts';
import { interruptible, unlessInterrupted } from './interruption.ts';
import { rememberLast } from './last-request.ts';
import { listGrants } from './list-grants.ts';
import { whenActive } from './patience.ts';
import { type RequestBody, requestBody } from './request.ts';
import { settled } from './settle.ts';
import { showDecision, showGrant, showGrants, timeOf } from './show.ts';

/** The commands that list entitlements, request grants and show them. */
export function addGrantCommands(program: Command, out: Terminal, err: Terminal): void {
  const list = program
    .command('list')
    .alias('ls')
    .description('list what you may request, and whether it needs approval')
    .option('--all', 'include what you would currently be denied')
    .action((options) => listEntitlements(options, out));
  examples(withJson(withBroker(list)), 'valetkey list', 'valetkey list --json');

  const request = program
    .command('request')
    .description('request a grant; without arguments it prompts for everything')
    .argument('[entitlement]', 'entitlement id (see valetkey list), or @NAME of a saved request')
    .option('--at <time>', "start time, such as '2026-11-24T20:00:00Z' (default: now)")
    .option('--dry-run', 'show the decision without sending the request')
    .option('--wait', 'wait until the grant is active')
    .option('--no-wait', 'do not wait for approval (default)')
    .option('--timeout <duration>', 'wait at most so long; then exit with 6', duration)
    .option('-y, --yes', 'send without confirmation')
    .action((entitlement, options) => requestGrant(entitlement, options, out, err));
  examples(
    withJson(withBroker(withRequest(request))),
    'valetkey request',
    'valetkey request artifacts-read -p prefix=releases/1 --for 30m --reason "Roll back 4711"',
    'valetkey request database-admin --for 1h --reason "Failover" --ticket OPS-4711 --wait',
  );

  const requests = program
    .command('requests')
    .description('list your grants, or with --reviewable those that wait for your vote')
    .option('--reviewable', 'grants that you may vote on')
    .option('--voted', 'grants that you voted on, also after they ended')
    .option('--requester <id>', 'grants of another principal, if you may see them')
    .option('--status <status>', 'only grants with this status')
    .option(
      '--entitlement <id>',
      'only grants of this entitlement, or of that of @NAME',
      entitlementOf,
    )
    .option('--limit <number>', 'maximum number of grants', wholeNumber, 50)
    .action((options) => showList(options, out));
  examples(
    withJson(withBroker(requests)),
    'valetkey requests --status active',
    'valetkey requests --reviewable',
    'valetkey requests --voted --status active',
  );

  const status = program
    .command('status')
    .description('show a grant, or all your open grants; or the health of the broker')
    .argument('[grant]', 'grant id or a unique prefix')
    .option('--operator', 'the health of the broker, for whoever may audit or administer it')
    .action(async (given, options) => {
      if (options.operator !== true) return showStatusOf(given, options, out, err);
      if (given !== undefined) throw wholeBroker(given);
      const { operatorStatus } = await import('../operator/status.ts');
      process.exitCode = await operatorStatus(options, out);
    });
  examples(
    withJson(withBroker(status)),
    'valetkey status',
    'valetkey status gr_7k2m',
    'valetkey status --operator',
  );

  const events = program
    .command('events')
    .description('show the audit trail of a grant')
    .argument('<grant>', 'grant id or a unique prefix')
    .action((given, options) => showEvents(given, options, out));
  examples(withJson(withBroker(events)), 'valetkey events gr_7k2m');
}

type Common = { readonly broker?: string; readonly json: boolean };

async function listEntitlements(
  { broker, json, all = false }: Common & { readonly all?: boolean },
  out: Terminal,
): Promise<void> {
  const found = await signedIn(broker).get('/v1/entitlements', answers.entitlements);
  const shown = found.entitlements.filter(({ outcome }) => all || outcome !== 'deny');
  if (json) return out.json(shown);
  if (shown.length === 0) out.print('You may not request anything at the moment.');
  const width = Math.max(0, ...shown.map(({ id }) => id.length));
  const words = { allow: 'at once', approve: 'needs approval', deny: 'denied' };
  for (const { id, title, risk, outcome, parameters } of shown) {
    const names = Object.keys(parameters.properties).map((name) => plain(name));
    const flags = names.map((name) => ` -p ${name}=…`).join('');
    const facts = `(${words[outcome]}, ${plain(risk)} risk)${flags === '' ? '' : ` ${flags}`}`;
    out.print(
      `${out.paint('bold', id.padEnd(width))}  ${plain(title)}  ${out.paint('dim', facts)}`,
    );
  }
}

type RequestCommandOptions = Common &
  RequestOptions &
  WaitingOptions & {
    readonly at?: string;
    readonly dryRun?: boolean;
    readonly yes?: boolean;
  };

/** `request`, with the request that the options say. */
export async function requestGrant(
  entitlement: string | undefined,
  options: RequestCommandOptions,
  out: Terminal,
  err: Terminal,
): Promise<void> {
  const broker = signedIn(options.broker);
  const request = await requestBody(broker, entitlement, options);
  const body = { ...request, ...(options.at !== undefined && { startsAt: options.at }) };
  if (options.dryRun === true) return showDryRun(broker, body, options.json, out);
  const confirm = canPrompt() && options.yes !== true;
  const sent = confirm ? await settled(broker, body, err) : body;
  rememberLast(sent, broker.settings.url);
  const grant = await broker.post('/v1/grants', sent, answers.grant);
  const waits = options.wait ?? options.timeout !== undefined;
  const latest = waits ? await waitFor(broker, grant, options) : grant;
  if (options.json) return out.json(latest);
  showGrant(out, latest);
  if (latest.status === 'active') {
    out.print(`Use it:  valetkey exec ${latest.entitlement} --grant ${latest.id} -- COMMAND`);
  }
}

async function showDryRun(
  broker: Broker,
  body: RequestBody,
  json: boolean,
  out: Terminal,
): Promise<void> {
  const { decision, sessionPolicy } = await broker.post('/v1/evaluate', body, answers.evaluation);
  if (json) return out.json({ decision, sessionPolicy });
  showDecision(out, decision);
  if (sessionPolicy !== null) out.json(sessionPolicy);
}

function waitFor(
  broker: Broker,
  grant: answers.Grant,
  { timeout }: WaitingOptions,
): Promise<answers.Grant> {
  const goOn = (id: string): string => `valetkey exec --grant ${id} -- COMMAND`;
  const patience = { ...(timeout !== undefined && { timeout }), goOn };
  return interruptible((interruption) => {
    const active = whenActive(broker, grant, interruption.signal, patience);
    return unlessInterrupted(interruption, broker, grant.id, active);
  });
}

type Filters = Common & {
  readonly reviewable?: boolean;
  readonly voted?: boolean;
  readonly requester?: string;
  readonly status?: string;
  readonly entitlement?: string;
  readonly limit: number;
};

async function showList(options: Filters, out: Terminal): Promise<void> {
  const { broker, json, reviewable, voted, status, entitlement, limit } = options;
  const everybodys = reviewable === true || voted === true;
  const requester = options.requester ?? (everybodys ? undefined : 'me');
  const query = {
    ...(reviewable && { reviewable: 'me' }),
    ...(voted && { voted: 'me' }),
    ...(requester !== undefined && { requester }),
    ...(status !== undefined && { status }),
    ...(entitlement !== undefined && { entitlement }),
  };
  const found = await listGrants(signedIn(broker), query, limit);
  return json ? out.json(found) : showGrants(out, found);
}

const OPEN = ['pending', 'scheduled', 'active', 'revoking'];

/** A quarantine is told beside the answer, so that scripts read the same as ever. */
async function showStatusOf(
  given: string | undefined,
  options: Common,
  out: Terminal,
  err: Terminal,
): Promise<void> {
  const broker = signedIn(options.broker);
  await showGrantsOf(broker, given, options.json, out);
  await noteQuarantine(broker, err);
}

async function showGrantsOf(
  broker: Broker,
  given: string | undefined,
  json: boolean,
  out: Terminal,
): Promise<void> {
  if (given === undefined) {
    const page = await broker.get('/v1/grants?requester=me&limit=100', answers.grants);
    forgetEndedGrants(page.grants);
    const open = page.grants.filter(({ status }) => OPEN.includes(status));
    return json ? out.json(open) : showGrants(out, open);
  }
  const id = await grantIdOf(broker, given, 'own', OPEN);
  const grant = await broker.get(`/v1/grants/${id}`, answers.grant);
  forgetEndedGrants([grant]);
  return json ? out.json(grant) : showGrant(out, grant);
}

function wholeBroker(given: string): UsageError {
  return new UsageError(
    `--operator shows the whole broker, and not ${plain(given)}.`,
    'Leave out the grant, or --operator.',
  );
}

async function showEvents(
  given: string,
  { broker: name, json }: Common,
  out: Terminal,
): Promise<void> {
  const broker = signedIn(name);
  const id = await grantIdOf(broker, given, 'own', OPEN);
  const events = await allEvents(broker, id);
  if (json) return out.json(events);
  for (const { at, type, status, actor, reason, comment, justification } of events) {
    const by = typeof actor === 'string' ? 'the broker' : actor.name;
    const why = reason ?? comment ?? justification;
    const text = `${type.padEnd(16)} ${status.padEnd(9)} by ${by}${why ? `: ${why}` : ''}`;
    out.print(`${out.paint('dim', timeOf(at) ?? '')}  ${plain(text)}`);
  }
}
