import type { Command } from 'commander';
import { append, duration, examples, withBroker, withJson } from '../options.ts';
import type { Terminal } from '../terminal.ts';
import type { VerifyExport } from './verify.ts';

/** `valetkey audit …`: the ledger that records what the broker did, verified. Loaded on use. */
export function addAuditCommands(
  program: Command,
  out: Terminal,
  verifyExport: VerifyExport,
): void {
  const audit = program
    .command('audit')
    .description('verify the ledger of what the broker did, and get proofs out of it');

  const key = audit
    .command('key')
    .description("print the public key of the broker's ledger, to verify with")
    .action(async (options) => (await import('./key.ts')).printKey(options, out));
  examples(withJson(withBroker(key)), 'valetkey audit key > ledger.vkey');

  const verify = audit
    .command('verify')
    .description(
      'verify all of the ledger: every entry, its signature, and that it is the one you saw before',
    )
    .option(
      '--from <place>',
      'a copy in a folder or at a URL, a folder of evidence, or a .tlog-proof file',
    )
    .option('--key <vkey>', "the ledger's key (default: that of the broker)")
    .option(
      '--witness <vkey>',
      'demand that the witness with this key cosigned the ledger (repeatable)',
      append,
    )
    .action(async (options) => (await import('./verify.ts')).verify(options, verifyExport, out));
  examples(
    withJson(withBroker(verify)),
    'valetkey audit verify',
    'valetkey audit verify --witness "$(cat witness.vkey)"',
    'valetkey audit verify --from ./ledger --key "$(cat ledger.vkey)"',
    'valetkey audit verify --from denied.tlog-proof',
    'valetkey audit verify --from ./evidence --key "$(cat ledger.vkey)"',
  );

  const proof = audit
    .command('proof')
    .description('get the proof that an event is in the ledger, verified')
    .argument('<grant>', 'grant id or a unique prefix')
    .argument('<event>', 'event id or a unique prefix (see valetkey events GRANT --json)')
    .option('--out <file>', 'save it as a .tlog-proof file, for whoever verifies offline')
    .action(async (grant: string, event: string, options) =>
      (await import('./proof.ts')).proof(grant, event, options, out),
    );
  examples(
    withJson(withBroker(proof)),
    'valetkey audit proof gr_7k2m ev_4f0c',
    'valetkey audit proof gr_7k2m ev_4f0c --out denied.tlog-proof',
  );

  const watch = audit
    .command('watch')
    .description('watch the ledger grow, until Ctrl-C or the first thing that does not fit')
    .option('--every <duration>', 'time between two looks, such as 30s (default: 1m)', duration)
    .option('--json', 'print one JSON document per checkpoint, each in a line', false)
    .action(async (options) => (await import('./watch.ts')).watch(options, out));
  examples(withBroker(watch), 'valetkey audit watch', 'valetkey audit watch --every 10m --json');
}
