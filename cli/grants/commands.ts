import type { Command } from 'commander';
import * as answers from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { forgetKeysOfEnded } from '../credential-cache/forget.ts';
import { UsageError } from '../failure.ts';
import { examples, type RequestOptions, withBroker, withJson, withRequest } from '../options.ts';
import { canAsk, confirmed } from '../prompts.ts';
import { signedIn } from '../sign-in/bearer.ts';
import { plain, type Terminal } from '../terminal.ts';
import { grantIdOf } from './find.ts';
import { interruptible, unlessInterrupted } from './interruption.ts';
import { requestBody } from './request.ts';
import { showDecision, showGrant, showGrants, timeOf } from './show.ts';
import { untilActive } from './wait.ts';

/** What one may ask for, asking, and looking at what was asked. */
export function addGrantCommands(program: Command, out: Terminal, err: Terminal): void {
  const list = program
    .command('list')
    .alias('ls')
    .description('what you may ask for, and whether it needs an approval')
    .option('--all', 'also what you would be denied now')
    .action((options) => listEntitlements(options, out));
  examples(withJson(withBroker(list)), 'valetkey list', 'valetkey list --json');

  const request = program
    .command('request')
    .description('ask for a grant; without arguments it asks you what for')
    .argument('[entitlement]')
    .option('--at <time>', "when it begins, such as '2026-11-24T20:00:00Z' (default: at once)")
    .option('--dry-run', 'say what would be decided, and ask for nothing')
    .option('--wait', 'wait until it is active')
    .option('-y, --yes', 'send without asking again')
    .action((entitlement, options) => requestGrant(entitlement, options, out, err));
  examples(
    withJson(withBroker(withRequest(request))),
    'valetkey request',
    'valetkey request artifacts-read -p prefix=releases/1 --for 30m --reason "Roll back 4711"',
    'valetkey request database-admin --for 1h --reason "Failover" --ticket OPS-4711 --wait',
  );

  const requests = program
    .command('requests')
    .description('your grants; or with --reviewable those that wait for your vote')
    .option('--reviewable', 'those that you may vote on now')
    .option('--requester <id>', 'those of somebody else that you may see')
    .option('--status <status>', 'only those of this status')
    .option('--entitlement <id>', 'only those of this entitlement')
    .option('--limit <number>', 'at most so many', '50')
    .action((options) => listGrants(options, out));
  examples(
    withJson(withBroker(requests)),
    'valetkey requests --status active',
    'valetkey requests --reviewable',
  );

  const status = program
    .command('status')
    .description('one grant as it is now; without an id all of yours that are open')
    .argument('[grant]', 'its id, or how it begins')
    .action((said, options) => showStatusOf(said, options, out));
  examples(withJson(withBroker(status)), 'valetkey status', 'valetkey status gr_7k2m');

  const events = program
    .command('events')
    .description('what happened to a grant, and by whose hand')
    .argument('<grant>', 'its id, or how it begins')
    .action((said, options) => showEvents(said, options, out));
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
  if (shown.length === 0) out.print('There is nothing that you may ask for now.');
  const width = Math.max(0, ...shown.map(({ id }) => id.length));
  const words = { allow: 'at once', approve: 'with an approval', deny: 'denied now' };
  for (const { id, title, risk, outcome, parameters } of shown) {
    const names = Object.keys(parameters.properties).map((name) => plain(name));
    const takes = names.length === 0 ? '' : `  -p ${names.map((name) => `${name}=…`).join(' -p ')}`;
    const facts = `${words[outcome]}, ${plain(risk)} risk`;
    out.print(
      `${out.paint('bold', id.padEnd(width))}  ${plain(title)}  ${out.paint('dim', `(${facts})${takes}`)}`,
    );
  }
}

type Asking = Common &
  RequestOptions & {
    readonly at?: string;
    readonly dryRun?: boolean;
    readonly wait?: boolean;
    readonly yes?: boolean;
  };

async function requestGrant(
  entitlement: string | undefined,
  options: Asking,
  out: Terminal,
  err: Terminal,
): Promise<void> {
  const broker = signedIn(options.broker);
  const asked = await requestBody(broker, entitlement, options);
  const body = { ...asked, ...(options.at !== undefined && { startsAt: options.at }) };
  const looks = canAsk() && options.yes !== true;
  if (options.dryRun === true || looks) {
    const { decision, sessionPolicy } = await broker.post('/v1/evaluate', body, answers.evaluation);
    if (options.dryRun === true) {
      if (options.json) return out.json({ decision, sessionPolicy });
      showDecision(out, decision);
      if (sessionPolicy !== null) out.json(sessionPolicy);
      return;
    }
    showDecision(err, decision);
    if (!(await confirmed('Send it?'))) throw new UsageError('Nothing was sent.');
  }
  const grant = await broker.post('/v1/grants', body, answers.grant);
  const last = options.wait === true ? await waitedFor(broker, grant) : grant;
  if (options.json) return out.json(last);
  showGrant(out, last);
  if (last.status === 'active') {
    out.print(`Use it:  valetkey exec ${last.entitlement} --grant ${last.id} -- COMMAND`);
  }
}

function waitedFor(broker: Broker, grant: answers.Grant): Promise<answers.Grant> {
  return interruptible((heard) =>
    unlessInterrupted(heard, broker, grant.id, untilActive(broker, grant, heard.signal)),
  );
}

type Filters = Common & {
  readonly reviewable?: boolean;
  readonly requester?: string;
  readonly status?: string;
  readonly entitlement?: string;
  readonly limit: string;
};

async function listGrants(options: Filters, out: Terminal): Promise<void> {
  const { broker, json, reviewable, requester = 'me', status, entitlement, limit } = options;
  const query = new URLSearchParams({
    ...(reviewable === true ? { reviewable: 'me' } : { requester }),
    ...(status !== undefined && { status }),
    ...(entitlement !== undefined && { entitlement }),
    limit,
  });
  const page = await signedIn(broker).get(`/v1/grants?${query}`, answers.grants);
  return json ? out.json(page.grants) : showGrants(out, page.grants);
}

const OPEN = ['pending', 'scheduled', 'active', 'revoking'];

async function showStatusOf(
  said: string | undefined,
  { broker: name, json }: Common,
  out: Terminal,
): Promise<void> {
  const broker = signedIn(name);
  if (said === undefined) {
    const page = await broker.get('/v1/grants?requester=me&limit=100', answers.grants);
    forgetKeysOfEnded(page.grants);
    const open = page.grants.filter(({ status }) => OPEN.includes(status));
    return json ? out.json(open) : showGrants(out, open);
  }
  const id = await grantIdOf(broker, said, 'own', OPEN);
  const grant = await broker.get(`/v1/grants/${id}`, answers.grant);
  forgetKeysOfEnded([grant]);
  return json ? out.json(grant) : showGrant(out, grant);
}

async function showEvents(
  said: string,
  { broker: name, json }: Common,
  out: Terminal,
): Promise<void> {
  const broker = signedIn(name);
  const id = await grantIdOf(broker, said, 'own', OPEN);
  const { events } = await broker.get(`/v1/grants/${id}/events`, answers.events);
  if (json) return out.json(events);
  for (const { at, type, status, actor, reason, comment, justification } of events) {
    const by = typeof actor === 'string' ? 'the broker' : actor.name;
    const why = reason ?? comment ?? justification;
    const text = `${type.padEnd(16)} ${status.padEnd(9)} by ${by}${why ? `: ${why}` : ''}`;
    out.print(`${out.paint('dim', timeOf(at) ?? '')}  ${plain(text)}`);
  }
}
