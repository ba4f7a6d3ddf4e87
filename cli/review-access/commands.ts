import type { Command } from 'commander';
import { examples, wholeNumber, withBroker, withJson } from '../options.ts';
import type { Terminal } from '../terminal.ts';

/** `valetkey review-access …`: whether access should stay. Loaded on use. */
export function addReviewCommands(program: Command, out: Terminal): void {
  const review = program
    .command('review-access')
    .description('review who could use what, and who did: decide, and have it signed');

  const start = review
    .command('start')
    .description('start a review of a period: list who could use each entitlement, and who did')
    .requiredOption('--from <day>', 'first day, such as 2026-07-01 (UTC)')
    .requiredOption('--to <day>', 'last day, which is included')
    .option('--entitlement <id>', 'only this entitlement (repeatable)', append)
    .option('--out <file>', 'the report to write (default: REVIEW.csv)')
    .action(async (options) => (await import('./start.ts')).startReview(options, out));
  examples(
    withJson(withBroker(start)),
    'valetkey review-access start --from 2026-07-01 --to 2026-09-30',
    'valetkey review-access start --from 2026-07-01 --to 2026-09-30 --entitlement database-admin --out dba.csv',
  );

  const list = review
    .command('list')
    .description('list reviews, or show one with what is undecided and what is to be removed')
    .argument('[review]', 'id of a review')
    .option('--out <file>', 'write the report of the review, with its decisions so far')
    .action(async (id: string | undefined, options) =>
      (await import('./list.ts')).listReviews(id, options, out),
    );
  examples(
    withJson(withBroker(list)),
    'valetkey review-access list',
    'valetkey review-access list ar_1y7k2m0c5d9f3g8h4j6n --out review.csv',
  );

  const decide = review
    .command('decide')
    .description(
      'decide on items of a review: those of a filled-in report, or some by their numbers',
    )
    .argument('<review>', 'id of the review')
    .argument('[decision]', 'keep or remove, with --item or --entitlement')
    .option('--file <csv>', 'the report, with decision and reason filled in')
    .option('--item <number>', 'this item (repeatable)', appendNumber)
    .option('--entitlement <id>', 'every item of this entitlement that nobody has decided on')
    .option('--reason <text>', 'why, for the record')
    .action(async (id: string, decision: string | undefined, options) =>
      (await import('./decide.ts')).decideItems(id, decision, options, out),
    );
  examples(
    withJson(withBroker(decide)),
    'valetkey review-access decide ar_1y7k2m0c5d9f3g8h4j6n --file review.csv',
    'valetkey review-access decide ar_1y7k2m0c5d9f3g8h4j6n remove --item 7 --reason "Moved to another team"',
  );

  const sign = review
    .command('sign')
    .description('sign a review on which every item is decided, after making its list again')
    .argument('<review>', 'id of the review')
    .requiredOption('--comment <text>', 'what you sign, for the record')
    .action(async (id: string, options) =>
      (await import('./sign.ts')).signReview(id, options, out),
    );
  examples(
    withJson(withBroker(sign)),
    'valetkey review-access sign ar_1y7k2m0c5d9f3g8h4j6n --comment "Third quarter, agreed"',
  );
}

function append(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

function appendNumber(text: string, before: readonly number[] = []): readonly number[] {
  return [...before, wholeNumber(text)];
}
