import { type Command, InvalidArgumentError, Option } from 'commander';
import { FRAMEWORKS } from '../../core/evidence/controls.ts';
import { OCSF_VERSIONS } from '../../core/ocsf/classes.ts';
import { examples, wholeNumber, withBroker, withJson } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** `valetkey evidence …`: what an auditor takes home. Loaded on use. */
export function addEvidenceCommands(program: Command, out: Terminal): void {
  const evidence = program
    .command('evidence')
    .description('export the evidence that an audit of access asks for');

  const exporting = evidence
    .command('export')
    .description('export a period as tables, with the verified ledger that they are made from')
    .requiredOption('--from <day>', 'first day, such as 2026-10-01 (UTC)')
    .requiredOption('--to <day>', 'last day, which is included')
    .requiredOption('--out <folder>', 'new or empty folder to write')
    .addOption(
      new Option('--control <framework>', 'list the controls of one framework alone').choices(
        FRAMEWORKS,
      ),
    )
    .option('--sample <n>', 'draw so many grants, and add the proofs of their entries', wholeNumber)
    .option('--seed <text>', 'what the draw depends on; the auditor chooses it', seed)
    .addOption(
      new Option('--ocsf <version>', 'version of the schema that events are written in')
        .choices(OCSF_VERSIONS)
        .default(OCSF_VERSIONS[0]),
    )
    .option(
      '--parquet <region/account>',
      'write the events for Amazon Security Lake, too: its Region, and the account of the broker',
    )
    .action(async (options) => (await import('./export.ts')).exportEvidence(options, out));
  examples(
    withJson(withBroker(exporting)),
    'valetkey evidence export --from 2026-07-01 --to 2026-09-30 --out ./evidence',
    'valetkey evidence export --from 2026-07-01 --to 2026-09-30 --out ./evidence --control soc2 --sample 25 --seed 83417',
  );
}

/** It is shown in a README and in a command of a shell. */
function seed(text: string): string {
  if (/^[\w.:-]{1,64}$/.test(text)) return text;
  throw new InvalidArgumentError('Please write up to 64 letters, digits, or . : _ -');
}
