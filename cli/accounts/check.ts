import { readConfig } from '../../adapters/files/config-file.ts';
import { type AccountReader, ambientAccount } from '../../adapters/iam/ambient-account.ts';
import { differences, type Found } from '../../core/accounts/drift.ts';
import { type Expectations, expectationsOf } from '../../core/accounts/expectations.ts';
import { accountsOfBundle } from '../../core/accounts/roles.ts';
import { formatBundleErrors } from '../../core/bundle/bundle.ts';
import type { Config } from '../../core/config/config-file.ts';
import { UsageError } from '../failure.ts';
import { openBundle, tools } from '../policy/open-bundle.ts';
import { showInvalid } from '../policy/show-errors.ts';
import { count, type Terminal } from '../terminal.ts';

export type CheckOptions = {
  readonly config: string;
  readonly policy?: string;
  readonly brokerAccount?: string;
  readonly json: boolean;
};

/**
 * `valetkey accounts check`: compares the account with what the bundle needs.
 *
 * @returns 0 if they agree, 1 if they differ.
 * @throws UsageError if nothing could be compared.
 */
export async function check(options: CheckOptions, out: Terminal): Promise<0 | 1> {
  const config = configOf(options.config);
  const opened = openBundle(options.policy ?? config.policy, tools());
  if (!opened.read.ok) return showInvalid(opened.read.error, opened, options.json, out);
  const { bundle } = opened.read.value;
  const brokerAccount = options.brokerAccount ?? config.account;
  if (brokerAccount === undefined || !/^\d{12}$/.test(brokerAccount)) {
    throw new UsageError(
      'The account of the broker is missing or not 12 digits.',
      'Set --broker-account, or account in valetkey.yaml.',
    );
  }
  const region = config.region ?? process.env['AWS_REGION'] ?? '';
  const broker = { account: brokerAccount, region, stackName: config.stackName };
  const reader = ambientAccount();
  const account = await orUsageError(reader.account());
  const wanted = expectationsOf(account, broker, bundle, config.targets);
  if (wanted === null) {
    const known = accountsOfBundle(bundle, broker).join(', ');
    throw new UsageError(
      `Your credentials are for account ${account}, which has no target roles.`,
      `The bundle has target roles in: ${known}.`,
    );
  }
  const found = await orUsageError(readRoles(wanted, reader));
  return show(account, wanted, differences(wanted, found), options.json, out);
}

function configOf(file: string): Config {
  const read = readConfig(file);
  if (!read.ok) throw new UsageError(formatBundleErrors(read.error, 'configuration'));
  return read.value;
}

async function readRoles(wanted: Expectations, reader: AccountReader): Promise<Found> {
  const arns = [
    ...wanted.roles.map(({ arn }) => arn),
    ...(wanted.killRole === null ? [] : [wanted.killRole.arn]),
  ];
  const roles: [string, Awaited<ReturnType<AccountReader['role']>>][] = [];
  for (const arn of arns) roles.push([arn, await reader.role(arn.split('/').at(-1) ?? '')]);
  return { roles: new Map(roles), boundary: await reader.policy(wanted.boundary) };
}

/** A call that AWS refuses is an error and not a difference: nothing was compared. */
async function orUsageError<T>(call: Promise<T>): Promise<T> {
  return call.catch((error: unknown) => {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new UsageError(`Cannot read the account: ${text}`);
  });
}

function show(
  account: string,
  { roles, killRole }: Expectations,
  found: ReturnType<typeof differences>,
  json: boolean,
  out: Terminal,
): 0 | 1 {
  const ok = found.length === 0;
  const checked = [...roles.map(({ arn }) => arn), ...(killRole === null ? [] : [killRole.arn])];
  if (json) {
    out.json({ ok, account, checked, differences: found });
    return ok ? 0 : 1;
  }
  for (const { arn, message } of found) out.print(`${out.paint('bold', arn)}: ${message}`);
  const verdict = ok
    ? out.paint('green', 'matches')
    : out.paint('red', `does not match: ${count(found.length, 'difference')}`);
  out.print(`account ${account} ${verdict} (${count(checked.length, 'role')} checked)`);
  return ok ? 0 : 1;
}
