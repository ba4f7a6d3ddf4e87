import type { Command } from 'commander';
import { ME, principalInPath } from '../../core/principal-path.ts';
import * as answers from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { forgetEndedGrants } from '../credential-cache/forget.ts';
import { Failure, UsageError } from '../failure.ts';
import { duration, examples, withBroker, withJson } from '../options.ts';
import { signedIn } from '../sign-in/bearer.ts';
import { plain, type Terminal } from '../terminal.ts';
import { extensionVotedOn } from './extension-voted-on.ts';
import { type Among, grantIdOf } from './find.ts';
import { addPrincipals, showPrincipalState } from './principals.ts';
import { showGrant } from './show.ts';

/** The commands that change an existing grant, and those that act on a principal. */
export function addChangeCommands(program: Command, out: Terminal): void {
  for (const change of CHANGES) {
    const command = program
      .command(change.name)
      .description(change.description)
      .argument('[grant]', 'grant id or a unique prefix; optional if there is only one')
      .option(`-m, --${change.note} <text>`, 'shown to others and kept in the audit trail');
    if (change.isVote === true) {
      command.option('--extension <time>', 'vote on the extension that was requested then');
    }
    if (change.name === 'approve') {
      command.option('--code <digits>', 'the match code that the requester told you');
    }
    command.action(async (given: string | undefined, options: Options) => {
      const broker = signedIn(options.broker);
      const id = await grantIdOf(broker, given, change.among, change.statuses);
      const text = options.comment ?? options.reason;
      const note = text === undefined ? {} : { [change.note]: text };
      const about =
        change.isVote === true
          ? await extensionVotedOn(broker, id, change.name, options.extension)
          : {};
      const code = options.code === undefined ? {} : { matchCode: options.code };
      const body = { ...note, ...about, ...code };
      const path = `/v1/grants/${id}/${change.call ?? change.name}`;
      const grant = await broker.post(path, body, answers.grant);
      forgetEndedGrants([grant]);
      return options.json ? out.json(grant) : showGrant(out, grant);
    });
    examples(withJson(withBroker(command)), ...change.examples);
  }
  addExtend(program, out);
  addPrincipalOrders(program, out);
  addPrincipals(program, out);
}

type Options = {
  readonly broker?: string;
  readonly json: boolean;
  readonly comment?: string;
  readonly reason?: string;
  readonly extension?: string;
  readonly code?: string;
};

type ChangeCommand = {
  readonly name: string;
  /** The last part of the path, if it differs from the name. */
  readonly call?: string;
  readonly description: string;
  readonly note: 'comment' | 'reason';
  /** A vote, or its withdrawal: it names the extension that it is about. */
  readonly isVote?: true;
  readonly among: Among;
  readonly statuses: readonly string[];
  readonly examples: readonly string[];
};

/** A running grant waits for votes when it is to be extended. */
const WAITING = ['pending', 'scheduled', 'active'];

const CHANGES: readonly ChangeCommand[] = [
  {
    name: 'approve',
    description: "approve someone else's request or extension",
    note: 'comment',
    isVote: true,
    among: 'reviewable',
    statuses: WAITING,
    examples: ['valetkey approve gr_7k2m --comment "Go ahead"'],
  },
  {
    name: 'deny',
    description: "deny someone else's request or extension",
    note: 'comment',
    isVote: true,
    among: 'reviewable',
    statuses: WAITING,
    examples: ['valetkey deny gr_7k2m --comment "Use the replica"'],
  },
  {
    name: 'withdraw',
    description: 'withdraw your vote from a request or extension that is still pending',
    note: 'comment',
    isVote: true,
    among: 'reviewable',
    statuses: WAITING,
    examples: ['valetkey withdraw gr_7k2m'],
  },
  {
    name: 'cancel',
    description: 'cancel your request before it becomes active',
    note: 'reason',
    among: 'own',
    statuses: ['pending', 'scheduled'],
    examples: ['valetkey cancel'],
  },
  {
    name: 'release',
    call: 'revoke',
    description: 'end your grant early, when you are done',
    note: 'reason',
    among: 'own',
    statuses: ['active'],
    examples: ['valetkey release'],
  },
  {
    name: 'revoke',
    description: "end anyone's grant early, and kill its keys",
    note: 'reason',
    among: 'own',
    statuses: ['active', 'scheduled', 'pending'],
    examples: ['valetkey revoke gr_7k2m --reason "Wrong account"'],
  },
  {
    name: 'review',
    description: 'close the review of a break-glass grant',
    note: 'comment',
    among: 'due',
    statuses: [],
    examples: ['valetkey review gr_7k2m --comment "Justified, see OPS-4711"'],
  },
];

function addExtend(program: Command, out: Terminal): void {
  const extend = program
    .command('extend')
    .description('extend your active or scheduled grant, at once or after an approval')
    .argument('[grant]', 'grant id or a unique prefix; optional if there is only one')
    .requiredOption(
      '--for <duration>',
      'new duration, from now or a later start, such as 1h30m',
      duration,
    )
    .requiredOption('--reason <text>', 'why you need more time')
    .action(async (given: string | undefined, options) => {
      const broker = signedIn(options.broker);
      const id = await grantIdOf(broker, given, 'own', ['active', 'scheduled']);
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
  suspend: 'suspend a principal: end its grants, and refuse new requests',
  resume: 'let a suspended principal request grants again',
  'revoke-all': 'end all grants of a principal, which may request new ones',
} as const;

function addPrincipalOrders(program: Command, out: Terminal): void {
  for (const [name, description] of Object.entries(ORDERS)) {
    const command = program
      .command(name)
      .description(description)
      .argument(
        '<principal>',
        'principal id, such as people:ana (see `valetkey status GRANT`), or `me`',
      )
      .option('-m, --reason <text>', 'kept in the audit trail')
      .action(async (principal: string, options: Options) => {
        const call = name === 'revoke-all' ? 'revoke' : name;
        const state = await order(signedIn(options.broker), principal, call, options.reason);
        if (options.json) return out.json(state);
        showPrincipalState(out, state);
        if (principal === ME && call === 'suspend') showWhoResumes(out, state.principal.id);
      });
    examples(withJson(withBroker(command)), `valetkey ${name} people:ana --reason "Lost laptop"`);
  }
}

function showWhoResumes(out: Terminal, id: string): void {
  out.print(`Only an administrator lets you in again: valetkey resume ${plain(id)}`);
  out.print('First change your password, and sign out everywhere at your identity provider.');
}

async function order(broker: Broker, principal: string, call: string, reason: string | undefined) {
  if (principal !== ME && !/^[a-z][a-z0-9-]{0,15}:./.test(principal)) {
    throw new UsageError(
      `"${plain(principal)}" is not a principal id.`,
      'Write <issuer>:<subject>, such as people:ana, or me.',
    );
  }
  const path = `/v1/principals/${principalInPath(principal)}/${call}`;
  const body = reason === undefined ? {} : { reason };
  const state = await broker.post(path, body, answers.principalState);
  if (principal === ME || state.principal.id === principal) return state;
  throw new Failure(
    'failed',
    `The broker answered for "${plain(state.principal.id)}", not for "${plain(principal)}".`,
    'A proxy or gateway in between changed the path. Update valetkey, and check both principals.',
  );
}
