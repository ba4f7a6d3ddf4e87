import { Aws } from 'aws-cdk-lib';
import type { Bundle } from '../core/bundle/bundle.ts';
import { targetRoleArn } from '../core/entitlement.ts';
import type { BuildLambda } from './build-lambda.ts';
import type { BundledFunction } from './bundled-function.ts';
import type { GrantTable } from './grant-table.ts';

/** The Lambdas that each broker has: one per privilege. */
export type BrokerLambdas = ReturnType<typeof brokerLambdas>;

export function brokerLambdas(build: BuildLambda) {
  return {
    open: build('open', 'bundle', 'serves the public endpoints'),
    read: build('read', 'bundle and engine', 'answers calls that change nothing'),
    request: build('request', 'bundle and engine', 'requests grants and records votes'),
    revoke: build('revoke', 'bundle and engine', 'ends grants and suspends principals'),
    vend: build('vend', 'bundle and engine', 'vends credentials'),
    advance: build('advance', 'nothing', 'performs what is due on a grant'),
    kill: build('kill', 'nothing', 'writes the kill switch'),
    orchestrate: build('orchestrate', 'nothing', 'starts and wakes the workflow of each grant'),
    sweep: build('sweep', 'bundle and engine', 'ends grants that their workflow left open'),
    publish: build('publish', 'nothing', 'publishes events and mails'),
    ledger: build('ledger', 'bundle', 'brings events into the log and signs it'),
    observe: build('observe', 'nothing', 'keeps the figures'),
    reviews: build('reviews', 'bundle and engine', 'records access reviews'),
    page: build('page', 'bundle and page', 'serves the page for people'),
    audit: build('audit', 'bundle and engine', 'serves the log and its proofs'),
  };
}

/** What each of them may do with the table, and whose keys may be vended. */
export function allowBrokerLambdas(of: BrokerLambdas, table: GrantTable, bundle: Bundle): void {
  allow(of.read, table.statements(['BatchGetItem', 'GetItem', 'Query'], 'read'));
  allow(of.request, table.statements([...CHANGE, 'Query'], 'write', []));
  of.request.allow(table.countStatement('COUNT#*'));
  allow(of.revoke, table.statements([...CHANGE, 'Query'], 'write', ['byRequester']));
  allow(of.advance, table.statements(CHANGE, 'write'));
  allow(of.kill, table.statements([...CHANGE, 'Query', 'UpdateItem'], 'write', []));
  // Scan and byStatus, once: suspensions and grants of version 0.1 are not in today's lists.
  const once = ['Scan', 'UpdateItem'];
  const indexes = ['byDue', 'byStatus', 'byStatusShard'];
  allow(of.sweep, table.statements([...CHANGE, 'Query', ...once], 'write', indexes));
  allow(of.publish, table.statements(['GetItem'], 'write'));
  of.publish.allow(table.countStatement('CROWD#*'));
  allow(of.ledger, table.ledgerStatements());
  allow(of.observe, table.observerStatements());
  allow(of.audit, table.statements(['BatchGetItem', 'GetItem', 'Query'], 'read', ['byDue']));
  allow(of.reviews, table.reviewStatements());
  allow(of.vend, table.statements([...VEND, 'Query'], 'write', []));
  of.vend.allow({
    actions: ['sts:AssumeRole', 'sts:SetSourceIdentity'],
    resources: targetRoleArns(bundle),
  });
}

export function allow(to: BundledFunction, statements: ReturnType<GrantTable['statements']>): void {
  for (const statement of statements) to.allow(statement);
}

/** Table actions that change a grant, its events and its rows in one transaction. */
export const CHANGE = ['ConditionCheckItem', 'DeleteItem', 'GetItem', 'PutItem'];
const VEND = ['ConditionCheckItem', 'GetItem', 'PutItem', 'UpdateItem'];

/** Where the stack is. */
export const HERE = { account: Aws.ACCOUNT_ID, region: Aws.REGION };

/** The target roles that the bundle's entitlements name, and no others. */
function targetRoleArns(bundle: Bundle): string[] {
  const arns = Object.values(bundle.entitlements).map((entitlement) =>
    targetRoleArn(entitlement, HERE),
  );
  return [...new Set(arns)].sort();
}
