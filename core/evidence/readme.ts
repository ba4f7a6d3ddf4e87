import { FRAMEWORK_NAMES } from './controls.ts';
import { LATE_KILL_SECONDS } from './event-rows.ts';
import { LATE_END_SECONDS } from './final-rows.ts';
import { type ExportFacts, startOf } from './manifest.ts';
import type { TableName } from './tables.ts';

/** The README of an export, for whoever gets the folder and nothing else. */
export function readmeText(facts: ExportFacts): string {
  return `${[head(facts), files(facts), method(facts), verify(facts)].join('\n\n')}\n`;
}

function head(facts: ExportFacts): string {
  const { period, ledger, entries, counts } = facts;
  const { before, within, after, first, last, knownUntil } = entries;
  const places = first === null ? '' : `, from entry ${first} to entry ${last}`;
  return `# Evidence of access

Which AWS access Valet Key granted, refused and ended, exported from its ledger.

| | |
|---|---|
| period | ${startOf(period.from)} up to, not including, ${startOf(period.to)} |
| ledger | \`${ledger.vkey.split('+')[0]}\`, ${ledger.size} entries, verified whole |
| entries of the period | ${within}${places} |
| entries before and after it | ${before} and ${after} |
| latest entry of the ledger | ${knownUntil ?? 'none'} |
| grants requested or open in the period | ${counts.population} |

${scope(facts)}`;
}

function scope({ period, entries }: ExportFacts): string {
  const over = entries.knownUntil !== null && Date.parse(entries.knownUntil) >= period.to;
  const complete = over
    ? 'The ledger goes on after the period; events reach it within minutes.'
    : 'The ledger ends within the period: what came later is not here. Export again when the period is over.';
  return `Every row shows what was known at the end of the period. ${complete}`;
}

const ABOUT: Readonly<Record<TableName, string>> = {
  population:
    'one row for each grant that was requested or open in the period, or whose review was',
  votes: 'one row for each vote, on requests and extensions',
  vends: 'one row for each set of keys, and for each attempt that failed',
  denials: 'what policy or approvers denied',
  refusals: 'calls that were refused, such as a vote by somebody who may not',
  orders: 'principals that were suspended, resumed, or had all of their grants revoked',
  principals: 'who asked, voted or was refused: counts of the period, and when they were last seen',
  reviews: 'break-glass uses that have to be reviewed, or were: when, by whom, with which comment',
  entitlements:
    'what could be asked for: a row for each entitlement in each policy bundle in force',
  bundles: 'the policy bundle in force at the start, and each one deployed, with what changed',
  exports: 'evidence that was taken away before, and by whom',
  'access-reviews':
    'access reviews that were started, worked on or signed in the period, one row for each decision; of those with `replaced`, a later row of the item counts',
  exceptions: 'what did not go as it should',
  sample: 'the grants of the sample, in the order of the draw',
  controls: 'which file answers which control',
};

function files({ counts, control, sample, bundles, longEvents, ocsf }: ExportFacts): string {
  const tables = Object.entries(ABOUT).filter(([name]) => name !== 'sample' || sample !== null);
  const rows = tables.map(
    ([name, what]) => `| \`${name}.csv\` | ${counts[name as TableName]} | ${what} |`,
  );
  const proofs =
    sample === null
      ? []
      : [
          `| \`proofs/\` | ${sample.proofs} | proofs of every entry about the grants of the sample, until an hour after their end |`,
        ];
  const events = ocsf.files.map(
    ({ path, rows: count }) =>
      `| \`${path}\` | ${count} | events in OCSF ${ocsf.version}, one JSON a line |`,
  );
  const parquet =
    ocsf.parquet === null
      ? []
      : [
          `| \`parquet/\` | ${ocsf.parquet.rows} | the same events for Amazon Security Lake, in ${ocsf.parquet.files} files: one for each class and day |`,
        ];
  const long =
    longEvents === 0
      ? []
      : [
          `| \`long-events.jsonl\` | ${longEvents} | whole events that the ledger has only the SHA-256 of, because they are longer than 16 KB |`,
        ];
  const inForce = new Set(bundles.inForce.map(({ file }) => file)).size;
  const only = control === null ? '' : `\n\nControls are those of ${FRAMEWORK_NAMES[control]}.`;
  return `## Files

| file | rows | what |
|---|---|---|
${[...rows, ...events, ...parquet, ...long, ...proofs].join('\n')}
| \`bundles/\` | ${inForce} | the policy bundles that were in force; the SHA-256 of each is its name |
| \`ledger/\` | | the whole ledger: checkpoint, hashes and entries (c2sp.org/tlog-tiles) |
| \`manifest.json\` | | SHA-256 and rows of each file, and what the counts follow from |
| \`manifest.tlog-proof\` | | the ledger's signature over the record of this export, which has the SHA-256 of \`manifest.json\` |${only}

\`entry\`, \`firstEntry\` and \`lastEntry\` are places in the ledger, counted from 0; \`event\` is the id of the event. Times
are UTC. Lists are separated by \`; \`. A cell that begins with a character that starts a formula has a \`'\` before it; the
ledger has the original.

${entitlementsText(bundles)}`;
}

function entitlementsText({ inForce, gap }: ExportFacts['bundles']): string {
  const [first] = inForce;
  const columns = `In \`entitlements.csv\`, \`permits\` are the policies that permit some requests, \`permitsAtOnce\` those that allow some
without approval, \`forbids\` those that forbid some; what they say is in \`bundles/\`. \`inForceFrom\` is when the
deployment was recorded. \`{{account}}\` and \`{{region}}\` stand for those of the broker.`;
  if (!gap) return columns;
  const missing =
    first === undefined
      ? 'The ledger names no policy bundle for this period: `entitlements.csv` is empty because the broker recorded none, not\nbecause nothing could be asked for.'
      : `The ledger names no policy bundle before ${first.from}: what could be asked for until then is not in\n\`entitlements.csv\`.`;
  return `${columns}\n\n${missing}`;
}

function method({ sample }: ExportFacts): string {
  const draw =
    sample === null
      ? ''
      : `

The sample is the first ${sample.size} grants of the population in the order of the SHA-256 of the seed followed by the
grant's id. To draw one again, with the ids in the first column of \`population.csv\`:

\`\`\`sh
tail -n +2 population.csv | cut -d'"' -f2 | grep '^gr_' | while read -r id; do
  echo "$(printf '%s%s' '${sample.seed}' "$id" | sha256sum | cut -c1-64) $id"
done | sort | head -n ${sample.size}
\`\`\``;
  return `## Method

Every row is made from entries of the ledger, those of \`entitlements.csv\` from the bundles whose SHA-256 entries have, and from
nothing else. To check it, make them again from this ledger, as below. An export of the period at another time has
the same tables, unless an event of the period reached the ledger in the meantime.

- \`startsAt\` and \`expiresAt\` follow from the request, the approval, the duration and the extensions.
- \`role\` is that of the first keys; without any it is empty.
- \`status\`, \`endedAt\` and \`review\` are those at the end of the period. \`review\` is empty where none is owed.
- \`killSeconds\` is the time from the order to end a grant until the deny on its keys was read back.

Exceptions are:

| kind | what |
|---|---|
| \`late-kill\` | the kill switch took more than ${LATE_KILL_SECONDS} seconds |
| \`not-killed\` | it was still at work at the end of the period, after more than ${LATE_KILL_SECONDS} seconds |
| \`kill-failed\` | the deny could not be written at one attempt |
| \`outlived\` | keys ran out before they were denied |
| \`not-ended\` | a grant was open more than ${LATE_END_SECONDS} seconds after its end |
| \`vend-failed\` | AWS gave no keys |
| \`review-missing\`, \`review-late\` | a break-glass use was not reviewed, or not in time |
| \`vote-warning\` | an account with the name of the requester voted |
| \`own-vote\` | a requester voted on their own request |
| \`used-after-end\` | keys worked after the end of their grant: the requester is in \`population.csv\`, maybe of an earlier period |
| \`late-event\` | an event whose request is not in the ledger, or that came more than an hour after the end of its grant; not \`usage-read\`, which comes hours after it |${draw}`;
}

function verify({ ledger }: ExportFacts): string {
  return `## Verify

Offline, in this folder. Take the key from the platform team and not from here; this export was verified with

    ${ledger.vkey}

\`\`\`sh
valetkey audit verify --from . --key '${ledger.vkey}'
\`\`\`

It verifies the ledger, the SHA-256 of each file, the record of this export with whoever made it, and every proof. Then it
makes all files again from the ledger: they have to be the same. Without the command:

\`\`\`sh
jq -r '.files[] | "\\(.sha256)  \\(.path)"' manifest.json | sha256sum --check --quiet
sha256sum manifest.json
head -n 2 manifest.tlog-proof | sed -n 's/^extra //p' | base64 --decode
\`\`\`

The record that the last line prints has the hash that \`sha256sum\` prints, and says who exported, and when.

Tessera's \`fsck\` verifies the folder \`ledger\`, too, without any code of ours.`;
}
