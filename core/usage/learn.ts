import { stringify } from 'yaml';
import type { Statement } from '../entitlement.ts';
import { groupBy } from '../group-by.ts';
import { formatInstant } from '../instant.ts';
import { err, ok, type Result } from '../result.ts';
import { withoutControlCharacters } from '../text.ts';
import { arnPartsOf } from './arn-parts.ts';
import { type GuessedParameter, type LearnedResources, learnResources } from './learn-resources.ts';
import type { Observed, ObservedAction } from './observe-recording.ts';

/** A first entitlement, for a person to review. */
export type Learned = {
  /** The text of its file; its role and its approvers have to be filled in. */
  readonly text: string;
  /** What has to be looked at before anybody may request it. */
  readonly review: readonly string[];
};

/** What stands in the file where the author has to decide. */
export const ROLE_TO_FILL_IN = 'REPLACE-WITH-THE-ROLE';
export const GROUP_TO_FILL_IN = 'REPLACE-WITH-A-GROUP';

/** A session policy has room for 2,048 characters; parameters and what the broker adds take the rest. */
const MOST_CHARACTERS = 1500;
/** How many names are listed side by side, the most first; where all is too long, none. */
const LISTED = [3, 1];

type LearnedStatement = {
  readonly service: string;
  readonly statement: Statement;
  /** Whether the records do not tell a resource of it. */
  readonly unnamed: boolean;
};

/**
 * Makes an entitlement from what was called. It allows what the recording shows and, where there is a `*` or a
 * parameter, more than that.
 *
 * @param issuer Id of the issuer whose people approve.
 * @param unreadable How many records of the logs could not be read.
 * @returns the entitlement, or why there is nothing to learn.
 */
export function learnEntitlement(
  observed: Observed,
  issuer: string,
  unreadable = 0,
): Result<Learned, string> {
  const actions = observed.actions.filter(({ calls, refused }) => calls > refused);
  if (observed.calls === 0) return err('no call of the recording is in the logs');
  if (actions.length === 0)
    return err('AWS allowed no call of the recording whose action is known');
  const place = { account: only(observed.accounts), region: only(observed.regions) };
  const all = actions.flatMap(({ resources }) => resources);
  const draft = (most: number) => {
    const learned = learnResources(all, place, most);
    return { learned, statements: statementsOf(actions, learned) };
  };
  const short = LISTED.map(draft).find(({ statements }) => !isLong(statements));
  const { learned, statements } = short ?? draft(0);
  const hidden = unreadable === 0 ? [] : [`${records(unreadable)}, which could not be read`];
  const review = [...hidden, ...toReview(observed, learned.parameters, statements)];
  return ok({ text: fileText(observed, learned.parameters, statements, review, issuer), review });
}

function records(number: number): string {
  return `${number} ${number === 1 ? 'record' : 'records'} of the logs`;
}

function only(values: readonly string[]): string | null {
  return values.length === 1 ? (values[0] ?? null) : null;
}

function statementsOf(
  actions: readonly ObservedAction[],
  { patternOf }: LearnedResources,
): readonly LearnedStatement[] {
  const rows = actions.map(({ action, resources, unnamedCalls }) => {
    const patterns = resources.map(patternOf);
    const unnamed = unnamedCalls > 0 || patterns.includes(null) || patterns.length === 0;
    const named = [...new Set(patterns.filter((pattern) => pattern !== null))].toSorted();
    return { action, unnamed, Resource: unnamed ? ['*'] : named };
  });
  const service = (action: string): string => action.split(':')[0] ?? '';
  const groups = groupBy(
    rows,
    // Keys of objects may have spaces.
    ({ action, Resource }) => JSON.stringify([service(action), Resource]),
  );
  return [...groups.values()].flatMap((alike) => {
    const [first] = alike;
    if (first === undefined) return [];
    const Action = alike.map(({ action }) => action).toSorted();
    const statement: Statement = { Effect: 'Allow', Action, Resource: first.Resource };
    return [{ service: service(first.action), statement, unnamed: first.unnamed }];
  });
}

function isLong(statements: readonly LearnedStatement[]): boolean {
  return JSON.stringify(statements.map(({ statement }) => statement)).length > MOST_CHARACTERS;
}

function toReview(
  { actions, unmapped, unproven, dataCalls, accounts, regions, roles }: Observed,
  parameters: readonly GuessedParameter[],
  statements: readonly LearnedStatement[],
): readonly string[] {
  const texts = statements.flatMap(({ statement }) => statement.Resource ?? []);
  const refused = actions.filter((one) => one.refused > 0).map(({ action }) => action);
  return [
    ...(isLong(statements)
      ? [
          'its length: it may be longer than a session policy may be; make several entitlements of it',
        ]
      : []),
    'the role, the group of approvers, the id, the title and the longest duration',
    ...(parameters.length > 0
      ? [`the parameters ${parameters.map(({ name }) => name).join(', ')}, which are guessed`]
      : []),
    ...(texts.some((text) => text.includes('*'))
      ? ['every * in a resource: it allows more than the recording shows']
      : []),
    ...(accounts.length > 1 || regions.length > 1
      ? ['accounts and Regions: several were used, so they are written out']
      : []),
    ...(roles.length > 1
      ? [
          `the roles of the calls, because others can give their sessions the same name: ${roles.join(', ')}`,
        ]
      : []),
    ...(refused.length > 0 ? [`what AWS refused, at least once: ${refused.join(', ')}`] : []),
    ...(unproven.length > 0
      ? [
          `what calls need that AWS refused for another action, or answered before it asked for permissions: ${unproven.join(', ')}`,
        ]
      : []),
    ...(unmapped.length > 0
      ? [`calls whose action is not known, and which nothing here allows: ${unmapped.join(', ')}`]
      : []),
    dataCalls === 0
      ? 'calls on data (objects of S3, items of DynamoDB, messages, invocations): the logs have none, which they only would if a trail records data events'
      : 'calls on data: the logs have only those of which a trail records data events',
    'iam:PassRole and other permissions that no log shows',
  ];
}

function fileText(
  { calls, first, last, actions, regions }: Observed,
  parameters: readonly GuessedParameter[],
  statements: readonly LearnedStatement[],
  review: readonly string[],
  issuer: string,
): string {
  const times =
    first === null || last === null ? '' : `, ${formatInstant(first)} to ${formatInstant(last)}`;
  const partition = partitionOf(actions, regions);
  return [
    `# A first draft, made from a recording of ${calls} calls${times}.`,
    '# Nobody has reviewed it. Before anybody may request it, look at:',
    ...review.map((item) => comment(`- ${item}`)),
    'id: learned',
    'title: Learned from a recording',
    'risk: high',
    `target: arn:${partition}:iam::{{account}}:role/${ROLE_TO_FILL_IN}`,
    'maxDuration: 1h',
    ...(parameters.length > 0 ? ['parameters:', ...parameters.flatMap(parameterLines)] : []),
    'statements:',
    ...statements.flatMap(statementLines),
    '# Stays until a person has reviewed the above.',
    'approval:',
    '  required: 1',
    `  approvers: [${scalar(`${issuer}:${GROUP_TO_FILL_IN}`)}]`,
    '',
  ].join('\n');
}

/** That of a resource, or else of the Region. */
function partitionOf(actions: readonly ObservedAction[], regions: readonly string[]): string {
  const [first] = actions.flatMap(({ resources }) =>
    resources.flatMap((arn) => arnPartsOf(arn)?.[0] ?? []),
  );
  if (first !== undefined) return first;
  const [region = ''] = regions;
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

function parameterLines({ name, value, pattern }: GuessedParameter): readonly string[] {
  return [
    `  ${name}:`,
    `    pattern: ${scalar(pattern)}`,
    `    description: ${scalar(`A guess from ${value} in the recording`)}`,
  ];
}

function statementLines(
  { service, statement, unnamed }: LearnedStatement,
  index: number,
  all: readonly LearnedStatement[],
): readonly string[] {
  const { Action = [], Resource = [] } = statement;
  return [
    ...(service === all[index - 1]?.service ? [] : [comment(service, '  ')]),
    ...(unnamed ? ['  # The logs do not tell what these were called on.'] : []),
    '  - Effect: Allow',
    '    Action:',
    ...Action.map((action) => `      - ${scalar(action)}`),
    '    Resource:',
    ...Resource.map((resource) => `      - ${scalar(resource)}`),
  ];
}

function comment(text: string, indent = ''): string {
  return `${indent}# ${withoutControlCharacters(text, ' ')}`;
}

/** On one line, in quotes where it needs them. */
function scalar(text: string): string {
  return stringify(text, { lineWidth: 0 }).trimEnd();
}
