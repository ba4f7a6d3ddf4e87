import type { Command } from 'commander';
import type * as z from 'zod/mini';
import * as answers from '../broker/answers.ts';
import type { Broker } from '../broker/client.ts';
import { examples, withBroker, withJson } from '../options.ts';
import { signedIn } from '../sign-in/bearer.ts';
import { count, plain, type Terminal } from '../terminal.ts';
import { timeOf } from './show.ts';

type State = z.infer<typeof answers.principalState>;
type Suspended = z.infer<typeof answers.suspensions>['principals'][number];

/** What an order about a principal found and did. */
export function showPrincipalState(out: Terminal, state: State): void {
  const { principal, grants, known = true, ended = grants.length, finished = true } = state;
  const id = plain(principal.id);
  const suspended = principal.suspended !== null;
  if (known) out.print(`${id} is ${suspended ? 'suspended' : 'not suspended'}.`);
  else showUnknown(out, id, suspended);
  if (known || ended > 0) out.print(`${count(ended, 'grant')} ended.`);
  for (const grant of grants) out.print(`  ${grant.id} is ${plain(grant.status)}`);
  const more = ended - grants.length;
  if (more > 0) out.print(`  and ${more} more: valetkey requests --requester ${id}`);
  if (!finished) {
    out.print('There are more grants than one call can end: the broker ends the rest by itself.');
  }
}

function showUnknown(out: Terminal, id: string, suspended: boolean): void {
  const state = suspended ? 'It is suspended all the same.' : 'It is not suspended.';
  out.print(`${id} never requested anything from this broker. ${state}`);
  out.print('Check the id: a grant of the principal shows it (valetkey status GRANT).');
}

/** The command that lists who is suspended. */
export function addPrincipals(program: Command, out: Terminal): void {
  const command = program
    .command('principals')
    .description('list suspended principals, if you may administer the broker')
    .requiredOption('--suspended', 'those that are suspended, the latest first')
    .action(async (options: { readonly broker?: string; readonly json: boolean }) => {
      const found = await allSuspended(signedIn(options.broker));
      if (options.json) return out.json(found);
      if (found.length === 0) out.print('Nobody is suspended.');
      for (const { principal, at, by, reason } of found) {
        const who = typeof by === 'string' ? 'the broker' : by.name;
        const text = `${principal}  by ${who}${reason === '' ? '' : `: ${reason}`}`;
        out.print(`${out.paint('dim', timeOf(at) ?? '')}  ${plain(text)}`);
      }
    });
  examples(withJson(withBroker(command)), 'valetkey principals --suspended');
}

async function allSuspended(broker: Broker): Promise<readonly Suspended[]> {
  const found: Suspended[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = new URLSearchParams({
      suspended: 'true',
      limit: '100',
      ...(cursor !== '' && { cursor }),
    });
    const page: z.infer<typeof answers.suspensions> = await broker.get(
      `/v1/principals?${query}`,
      answers.suspensions,
    );
    found.push(...page.principals);
    cursor = page.nextCursor;
  }
  return found;
}
