import type { Stack } from 'aws-cdk-lib';
import { killRoleName, ledgerRoleName, vendRoleName } from '../core/accounts/names.ts';
import { bundleSource } from '../core/bundle/bundle-source.ts';
import type { LambdaName } from '../core/config/config-file.ts';
import type { BrokerStackProps } from './broker-stack-props.ts';
import { BundledFunction } from './bundled-function.ts';
import { CHAT_TIMEOUT_SECONDS } from './chat.ts';
import type { GrantTable } from './grant-table.ts';
import { lambdaCode, type Needs } from './lambda-code.ts';
import { LEDGER_TIMEOUT_SECONDS } from './ledger.ts';
import { OBSERVE_TIMEOUT_SECONDS } from './observer.ts';
import { RECOVER_MEMORY_MB, RECOVER_TIMEOUT_SECONDS } from './recovery.ts';
import { tracingOf } from './tracing.ts';
import { USAGE_MEMORY_MB, USAGE_TIMEOUT_SECONDS } from './usage.ts';

/** Makes a Lambda of the broker, without any rights. */
export type BuildLambda = (name: LambdaName, needs: Needs, description: string) => BundledFunction;

export function lambdaBuilder(
  stack: Stack,
  props: BrokerStackProps,
  { table }: GrantTable,
): BuildLambda {
  const { bundle, config } = props;
  const environment = {
    TABLE_NAME: table.tableName,
    ...(props.issuerUrls !== undefined && { ISSUER_URLS: props.issuerUrls }),
    ...((props.recovery === true || config.standby) && { QUARANTINE: 'recovery' }),
  };
  return (name, needs, description) =>
    new BundledFunction(stack, name, {
      code: lambdaCode(name, needs, bundle, filesFor(name, props)),
      description: `Valet Key: ${description}`,
      environment,
      keeping: config,
      reservedConcurrency: config.reservedConcurrency[name],
      timeoutSeconds: TIMEOUT_SECONDS[name] ?? 20,
      ...(name === 'recover' && { memorySize: RECOVER_MEMORY_MB }),
      ...(name === 'usage' && { memorySize: USAGE_MEMORY_MB }),
      tracing: tracingOf(config.tracing, name),
      ...(name === 'vend' && { roleName: vendRoleName(stack.stackName) }),
      ...(name === 'kill' && { roleName: killRoleName(stack.stackName) }),
      ...(name === 'ledger' && { roleName: ledgerRoleName(stack.stackName) }),
    });
}

/** What a Lambda needs beside its code and does not fit into the 4 KB of its environment. */
function filesFor(name: LambdaName, { config, files }: BrokerStackProps) {
  if (name === 'ledger') return { 'source.json': bundleSource(files) };
  if (name === 'read' || name === 'usage') {
    return { 'usage.json': JSON.stringify(config.usage ?? null) };
  }
  return name === 'chat' || name === 'slack' ? { 'chat.json': JSON.stringify(config.chat) } : {};
}

/** Time-outs of the Lambdas that do more than answer one call. */
const TIMEOUT_SECONDS: Readonly<Record<string, number>> = {
  kill: 55,
  ledger: LEDGER_TIMEOUT_SECONDS,
  observe: OBSERVE_TIMEOUT_SECONDS,
  chat: CHAT_TIMEOUT_SECONDS,
  sweep: 110,
  recover: RECOVER_TIMEOUT_SECONDS,
  deliver: 120,
  usage: USAGE_TIMEOUT_SECONDS,
  // The longest that there is: it reads a whole table.
  validate: 900,
};
