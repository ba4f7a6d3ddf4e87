import type { Command } from 'commander';
import * as answers from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { forgetKeysOfEnded } from '../credential-cache/forget.ts';
import { UsageError } from '../failure.ts';
import { duration, examples, withBroker, withJson } from '../options.ts';
import { signedIn } from '../sign-in/bearer.ts';
import { plain, type Terminal } from '../terminal.ts';
import { type Among, grantIdOf } from './find.ts';
import { showGrant } from './show.ts';

/** Votes, endings, extensions, reviews: every call that changes a grant that is there. */
export function addChangeCommands(program: Command, out: Terminal): void {
  for (const change of CHANGES) {
    const command = program
      .command(change.name)
      .description(change.description)
      .argument('[grant]', 'its id, or how it begins; left out where there is only one')
      .option(`-m, --${change.note} <text>`, 'for the others and the audit trail')
      .action(async (said: string | undefined, options: Options) => {
        const broker = signedIn(options.broker);
        const id = await grantIdOf(broker, said, change.among, change.statuses);
        const text = options.comment ?? options.reason;
        const body = text === undefined ? {} : { [change.note]: text };
        const path = `/v1/grants/${id}/${change.call ?? change.name}`;
        const grant = await broker.post(path, body, answers.grant);
        forgetKeysOfEnded([grant]);
        return options.json ? out.json(grant) : showGrant(out, grant);
      });
    examples(withJson(withBroker(command)), ...change.examples);
  }
  addExtend(program, out);
  addPrincipalOrders(program, out);
}

type Options = {
  readonly broker?: string;
  readonly json: boolean;
  readonly comment?: string;
  readonly reason?: string;
};

type ChangeCommand = {
  readonly name: string;
  /** The last part of the path, where it is not the name. */
  readonly call?: string;
  readonly description: string;
  readonly note: 'comment' | 'reason';
  readonly among: Among;
  readonly statuses: readonly string[];
  readonly examples: readonly string[];
};

const CHANGES: readonly ChangeCommand[] = [
  {
    name: 'approve',
    description: "vote yes on somebody else's request",
    ...{ note: 'comment', among: 'reviewable', statuses: ['pending'] },
    examples: ['valetkey approve gr_7k2m --comment "Go ahead"'],
  },
  {
    name: 'deny',
    description: "vote no on somebody else's request",
    ...{ note: 'comment', among: 'reviewable', statuses: ['pending'] },
    examples: ['valetkey deny gr_7k2m --comment "Use the replica"'],
  },
  {
    name: 'withdraw',
    description: 'take your vote back, while the request is still open',
    ...{ note: 'comment', among: 'reviewable', statuses: ['pending'] },
    examples: ['valetkey withdraw gr_7k2m'],
  },
  {
    name: 'cancel',
    description: 'take a request of yours back that has not begun',
    ...{ note: 'reason', among: 'own', statuses: ['pending', 'scheduled'] },
    examples: ['valetkey cancel'],
  },
  {
    name: 'release',
    call: 'revoke',
    description: 'end a grant of yours early: you are done',
    ...{ note: 'reason', among: 'own', statuses: ['active'] },
    examples: ['valetkey release'],
  },
  {
    name: 'revoke',
    description: "end anybody's grant early, its issued keys included",
    ...{ note: 'reason', among: 'own', statuses: ['active', 'scheduled', 'pending'] },
    examples: ['valetkey revoke gr_7k2m --reason "Wrong account"'],
  },
  {
    name: 'review',
    description: 'close the review that a break-glass use owes',
    ...{ note: 'comment', among: 'reviewable', statuses: [] },
    examples: ['valetkey review gr_7k2m --comment "Justified, see OPS-4711"'],
  },
];

function addExtend(program: Command, out: Terminal): void {
  const extend = program
    .command('extend')
    .description('let an active grant of yours last longer, if policy allows it')
    .argument('[grant]', 'its id, or how it begins; left out where there is only one')
    .requiredOption('--for <duration>', 'how long from now on, such as 30m', duration)
    .requiredOption('--reason <text>', 'why longer')
    .action(async (said: string | undefined, options) => {
      const broker = signedIn(options.broker);
      const id = await grantIdOf(broker, said, 'own', ['active']);
      const body = { durationSeconds: options.for, justification: options.reason };
      const grant = await broker.post(`/v1/grants/${id}/extend`, body, answers.grant);
      return options.json ? out.json(grant) : showGrant(out, grant);
    });
  examples(
    withJson(withBroker(extend)),
    'valetkey extend --for 30m --reason "The restore takes longer"',
  );
}

const ORDERS = {
  suspend: 'keep a principal out, and end all that it has',
  resume: 'let a suspended principal in again',
  'revoke-all': 'end all grants of a principal, and let it ask again',
} as const;

function addPrincipalOrders(program: Command, out: Terminal): void {
  for (const [name, description] of Object.entries(ORDERS)) {
    const command = program
      .command(name)
      .description(description)
      .argument('<principal>', 'its id, such as people:ana; `valetkey status GRANT` shows it')
      .option('-m, --reason <text>', 'for the audit trail')
      .action(async (principal: string, options: Options) => {
        const call = name === 'revoke-all' ? 'revoke' : name;
        const state = await order(signedIn(options.broker), principal, call, options.reason);
        if (options.json) return out.json(state);
        const { principal: now, grants } = state;
        out.print(`${plain(now.id)} is ${now.suspended === null ? 'not suspended' : 'suspended'}.`);
        for (const { id, status } of grants) out.print(`  ${id} is ${plain(status)}`);
      });
    examples(withJson(withBroker(command)), `valetkey ${name} people:ana --reason "Lost laptop"`);
  }
}

function order(broker: Broker, principal: string, call: string, reason: string | undefined) {
  if (!/^[a-z][a-z0-9-]{0,15}:./.test(principal)) {
    throw new UsageError(`${plain(principal)} is no principal's id.`, 'Such as people:ana.');
  }
  const path = `/v1/principals/${inPath(principal)}/${call}`;
  return broker.post(path, reason === undefined ? {} : { reason }, answers.principalState);
}

/** Gateways decode a path before they route, so what would be a slash then is encoded twice. */
function inPath(principal: string): string {
  return encodeURIComponent(principal.replaceAll('/', '%2F'));
}
