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
 * `valetkey accounts check`: 0 where the account is as it must be, 1 where it is not.
 *
 * @throws UsageError where nothing could be compared.
 */
export async function check(options: CheckOptions, out: Terminal): Promise<0 | 1> {
  const config = configOf(options.config);
  const opened = openBundle(options.policy ?? config.policy, tools());
  if (!opened.read.ok) return showInvalid(opened.read.error, opened, options.json, out);
  const { bundle } = opened.read.value;
  const brokerAccount = options.brokerAccount ?? config.account;
  if (brokerAccount === undefined || !/^\d{12}$/.test(brokerAccount)) {
    throw new UsageError(
      'name the broker’s account: 12 digits, as account in valetkey.yaml or with --broker-account',
    );
  }
  const region = config.region ?? process.env['AWS_REGION'] ?? '';
  const broker = { account: brokerAccount, region, stackName: config.stackName };
  const reader = ambientAccount();
  const account = await asked(reader.account());
  const wanted = expectationsOf(account, broker, bundle, config.targets);
  if (wanted === null) {
    const known = accountsOfBundle(bundle, broker).join(', ');
    throw new UsageError(
      `your credentials are for ${account}, where nothing is vended; the bundle names ${known}`,
    );
  }
  const found = differences(wanted, await asked(lookFor(wanted, reader)));
  return show(account, wanted, found, options.json, out);
}

function configOf(file: string): Config {
  const read = readConfig(file);
  if (!read.ok) throw new UsageError(formatBundleErrors(read.error, 'configuration'));
  return read.value;
}

async function lookFor(wanted: Expectations, reader: AccountReader): Promise<Found> {
  const arns = [
    ...wanted.roles.map(({ arn }) => arn),
    ...(wanted.killRole === null ? [] : [wanted.killRole.arn]),
  ];
  const roles: [string, Awaited<ReturnType<AccountReader['role']>>][] = [];
  for (const arn of arns) roles.push([arn, await reader.role(arn.split('/').at(-1) ?? '')]);
  return { roles: new Map(roles), boundary: await reader.policy(wanted.boundary) };
}

/** What AWS refuses is told, and is no difference: nobody looked. */
async function asked<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((error: unknown) => {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new UsageError(`the account cannot be read: ${text}`);
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
    ? out.paint('green', 'is as it must be')
    : out.paint('red', `is not as it must be: ${count(found.length, 'difference')}`);
  out.print(`account ${account} ${verdict} (${count(checked.length, 'role')})`);
  return ok ? 0 : 1;
}
