import { GRANT_ID } from '../ids.ts';
import { addSeconds, floorToSecond, formatInstant } from '../instant.ts';
import { err, ok, type Result } from '../result.ts';
import { PARTITIONS } from './athena-table.ts';
import { dayFolders } from './log-files.ts';
import type { Needles, Window } from './usage-ports.ts';

/** Makes a long, and slow, text of conditions; nobody asks for more at once. */
const MOST_GRANTS = 50;

const NAME = /^[a-z0-9_]{1,128}$/;
const ACCOUNT = /^\d{12}$/;
const REGION = /^[a-z]{2,5}(?:-[a-z]+)+-\d$/;

/** What the query selects, by the name of its column in the result. */
const SELECTED: Readonly<Record<string, string>> = {
  eventid: 'eventid',
  sharedeventid: 'sharedeventid',
  eventtime: 'eventtime',
  eventsource: 'eventsource',
  eventname: 'eventname',
  awsregion: 'awsregion',
  recipientaccountid: 'recipientaccountid',
  eventcategory: 'eventcategory',
  eventtype: 'eventtype',
  readonly: 'readonly',
  errorcode: 'errorcode',
  errormessage: 'errormessage',
  sourceipaddress: 'sourceipaddress',
  useragent: 'useragent',
  vpcendpointid: 'vpcendpointid',
  requestparameters: 'requestparameters',
  identitytype: 'useridentity.type',
  principalid: 'useridentity.principalid',
  arn: 'useridentity.arn',
  accountid: 'useridentity.accountid',
  accesskeyid: 'useridentity.accesskeyid',
  invokedby: 'useridentity.invokedby',
  sourceidentity: 'useridentity.sessioncontext.sourceidentity',
  issuertype: 'useridentity.sessioncontext.sessionissuer.type',
  issuerarn: 'useridentity.sessioncontext.sessionissuer.arn',
  issueraccount: 'useridentity.sessioncontext.sessionissuer.accountid',
  issuername: 'useridentity.sessioncontext.sessionissuer.username',
  resourcearns: 'json_format(CAST(transform(resources, r -> r.arn) AS JSON))',
  resourcetypes: 'json_format(CAST(transform(resources, r -> r.type) AS JSON))',
};

/**
 * The query for the records of grants: their sessions' calls, and the call of AssumeRole that began each. It reads the
 * days of the window in its accounts and Regions, and nothing else.
 *
 * @returns why there is none, in words. No value gets into the text that is not of its form.
 */
export function recordsQuery(
  { database, table }: { readonly database: string; readonly table: string },
  window: Window,
  needles: Needles,
): Result<string, string> {
  const { accounts, regions } = window;
  if (!NAME.test(database) || !NAME.test(table)) {
    return err('names of databases and tables have lower-case letters, digits and _');
  }
  if (needles === null || needles.length === 0 || needles.length > MOST_GRANTS) {
    return err(`a query of Athena is for 1 to ${MOST_GRANTS} grants`);
  }
  if (!needles.every((needle) => GRANT_ID.test(needle))) return err('this is no grant id');
  if (accounts === null || accounts.length === 0)
    return err('a query of Athena names its accounts');
  if (!accounts.every((account) => ACCOUNT.test(account))) return err('this is no account id');
  if (!(regions ?? []).every((region) => REGION.test(region))) return err('this is no Region');
  const { first, last } = dayFolders(window);
  const from = formatInstant(floorToSecond(window.from));
  const until = formatInstant(addSeconds(floorToSecond(window.until), 1));
  const selected = Object.entries(SELECTED).map(([name, value]) => `${value} AS ${name}`);
  const conditions = [
    `${PARTITIONS.account} IN (${quoted(accounts)})`,
    ...(regions === null ? [] : [`${PARTITIONS.region} IN (${quoted(regions)})`]),
    `${PARTITIONS.day} BETWEEN '${first}' AND '${last}'`,
    `eventtime >= '${from}'`,
    `eventtime < '${until}'`,
    `(${needles.map(ofGrant).join(' OR ')})`,
  ];
  return ok(
    `SELECT ${selected.join(', ')} FROM "${database}"."${table}" WHERE ${conditions.join(' AND ')}`,
  );
}

/** The grant's id is what stands behind the last dot of the source identity. `_` would stand for any character. */
function ofGrant(id: string): string {
  const pattern = `%.${id.replaceAll('_', '\\_')}`;
  const session = `useridentity.sessioncontext.sourceidentity LIKE '${pattern}' ESCAPE '\\'`;
  const begun = `(eventsource = 'sts.amazonaws.com' AND requestparameters LIKE '${pattern}"%' ESCAPE '\\')`;
  return `${session} OR ${begun}`;
}

function quoted(values: readonly string[]): string {
  return values.map((value) => `'${value}'`).join(', ');
}

/** A row of the result as the JSON of a record: what it has, and nothing that it has not. */
export function recordOfRow(row: Readonly<Record<string, string | null>>): object {
  return present({
    eventID: row['eventid'],
    sharedEventID: row['sharedeventid'],
    eventTime: row['eventtime'],
    eventSource: row['eventsource'],
    eventName: row['eventname'],
    awsRegion: row['awsregion'],
    recipientAccountId: row['recipientaccountid'],
    eventCategory: row['eventcategory'],
    eventType: row['eventtype'],
    readOnly: parsed(row['readonly']),
    errorCode: row['errorcode'],
    errorMessage: row['errormessage'],
    sourceIPAddress: row['sourceipaddress'],
    userAgent: row['useragent'],
    vpcEndpointId: row['vpcendpointid'],
    requestParameters: parsed(row['requestparameters']),
    resources: resourcesOf(row),
    userIdentity: present({
      type: row['identitytype'],
      principalId: row['principalid'],
      arn: row['arn'],
      accountId: row['accountid'],
      accessKeyId: row['accesskeyid'],
      invokedBy: row['invokedby'],
      sessionContext: present({
        sourceIdentity: row['sourceidentity'],
        sessionIssuer: present({
          type: row['issuertype'],
          arn: row['issuerarn'],
          accountId: row['issueraccount'],
          userName: row['issuername'],
        }),
      }),
    }),
  });
}

function resourcesOf(row: Readonly<Record<string, string | null>>): readonly object[] | null {
  const arns = parsed(row['resourcearns']);
  const types = parsed(row['resourcetypes']);
  if (!Array.isArray(arns)) return null;
  return arns.map((ARN, index) =>
    present({ ARN, type: Array.isArray(types) ? types[index] : null }),
  );
}

/** Null where it is no JSON. */
function parsed(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}

function present(fields: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null));
}

/** List price in us-east-1 and most Regions; a few are dearer. @see https://aws.amazon.com/athena/pricing/ */
const USD_PER_TERABYTE = 5;
/** The smaller reading of a terabyte, since this is an upper bound. */
const TERABYTE = 1e12;
const LEAST_BYTES = 10 * 1024 * 1024;

/** The most that a query can cost that reads so many bytes, as they are stored. */
export function usdOfQuery(bytes: number): number {
  return (Math.max(bytes, LEAST_BYTES) / TERABYTE) * USD_PER_TERABYTE;
}
