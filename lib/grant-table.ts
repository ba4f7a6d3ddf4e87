import { Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { StateTable } from '../core/config/state-schema.ts';

/** The broker's only table, as its Lambdas may use it. */
export class GrantTable extends Construct {
  readonly table: dynamodb.ITable;
  readonly keyArn: string;

  constructor(scope: Construct, id: string, { name, streamArn, keyArn }: StateTable) {
    super(scope, id);
    this.keyArn = keyArn;
    this.table = dynamodb.Table.fromTableAttributes(this, 'Table', {
      tableName: name,
      tableStreamArn: streamArn,
    });
  }

  /**
   * What a role needs to use the table: the actions and the key.
   *
   * @param actions without the prefix `dynamodb:`
   * @param indexes the indexes that a `Query` among the actions may read
   */
  statements(
    actions: readonly string[],
    use: 'read' | 'write',
    indexes: readonly string[] = ['byRequester', 'byStatus', 'byStatusShard'],
  ): readonly iam.PolicyStatementProps[] {
    const queries = actions.includes('Query');
    const others = actions.filter((action) => action !== 'DeleteItem');
    return [
      ...(actions.includes('DeleteItem') ? [this.deletes()] : []),
      {
        actions: others.map((action) => `dynamodb:${action}`),
        resources: [
          this.table.tableArn,
          ...(queries ? indexes : []).map((index) => `${this.table.tableArn}/index/${index}`),
        ],
      },
      this.keyStatement(use),
    ];
  }

  /**
   * Nobody deletes grants and the audit trail. IAM can tell items apart by their partition keys alone, so these
   * have partitions of their own (DynamoDB Developer Guide, "Using IAM policy conditions for fine-grained
   * access control").
   */
  private deletes(): iam.PolicyStatementProps {
    return {
      actions: ['dynamodb:DeleteItem'],
      resources: [this.table.tableArn],
      conditions: { 'ForAllValues:StringNotLike': { 'dynamodb:LeadingKeys': KEPT_FOR_EVER } },
    };
  }

  /** The ledger reads the trail and writes its own partitions only. */
  ledgerStatements(): readonly iam.PolicyStatementProps[] {
    const reads = this.statements(['BatchGetItem', 'GetItem', 'Query'], 'write', ['byDue']);
    return [
      ...reads,
      // In a recovery it has to know which table this is.
      { actions: ['dynamodb:DescribeTable'], resources: [this.table.tableArn] },
      {
        actions: ['dynamodb:PutItem'],
        resources: [this.table.tableArn],
        conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': LEDGER } },
      },
    ];
  }

  /** The observer reads everything, and writes the items of figures, and signals. */
  observerStatements(): readonly iam.PolicyStatementProps[] {
    const indexes = ['byDue', 'byStatusShard'];
    return [
      ...this.statements(['BatchGetItem', 'GetItem', 'Query'], 'write', indexes),
      {
        actions: ['dynamodb:PutItem'],
        resources: [this.table.tableArn],
        conditions: {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [...FIGURES, ...SIGNALS] },
        },
      },
    ];
  }

  /** Access reviews write partitions of their own, events, and what their callers used keys for. */
  reviewStatements(): readonly iam.PolicyStatementProps[] {
    return [
      ...this.statements(['ConditionCheckItem', 'GetItem', 'Query'], 'write', []),
      {
        actions: ['dynamodb:PutItem'],
        resources: [this.table.tableArn],
        conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': REVIEWS } },
      },
    ];
  }

  /** The chat reads grants and their trail, and writes what its messages are. */
  chatStatements(): readonly iam.PolicyStatementProps[] {
    return [
      ...this.statements(['GetItem', 'Query'], 'write', []),
      {
        actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
        resources: [this.table.tableArn],
        conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': CHATS } },
      },
    ];
  }

  /**
   * Who reads logs reads grants, and writes usage, signals, and events into the trails of grants. What it writes has
   * attributes of these alone: a grant that it wrote over would be one that nobody can use.
   */
  usageStatements(): readonly iam.PolicyStatementProps[] {
    return [
      ...this.statements(['GetItem', 'Query'], 'write', []),
      {
        actions: ['dynamodb:PutItem'],
        resources: [this.table.tableArn],
        conditions: {
          'ForAllValues:StringLike': {
            'dynamodb:LeadingKeys': [...USAGE, 'GRANT#*', ...SIGNALS],
          },
          'ForAllValues:StringEquals': { 'dynamodb:Attributes': USAGE_ATTRIBUTES },
        },
      },
      {
        actions: ['dynamodb:DeleteItem'],
        resources: [this.table.tableArn],
        conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['USAGE'] } },
      },
    ];
  }

  /** Reads what is denied on each role, and no grant. */
  denyStatements(): readonly iam.PolicyStatementProps[] {
    return [
      {
        actions: ['dynamodb:GetItem', 'dynamodb:Query'],
        resources: [this.table.tableArn],
        conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ROLES } },
      },
      this.keyStatement('read'),
    ];
  }

  /** Counts in items of its own; a role that may update other items as well has no need of it. */
  countStatement(keys: 'COUNT#*' | 'CROWD#*'): iam.PolicyStatementProps {
    return {
      actions: ['dynamodb:UpdateItem'],
      resources: [this.table.tableArn],
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [keys] } },
    };
  }

  /** Use of the table's key, through DynamoDB only. */
  keyStatement(use: 'read' | 'write'): iam.PolicyStatementProps {
    const { region, urlSuffix } = Stack.of(this);
    return {
      actions: use === 'read' ? KEY_FOR_READING : KEY_FOR_WRITING,
      resources: [this.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${region}.${urlSuffix}` } },
    };
  }
}

/** `adapters/dynamodb/keys.ts` */
/** `TRAIL#broker`: the record of a deployment. `QUARANTINE`: a table that is older than the log. */
const LEDGER = ['LEDGER', 'LEDGER#*', 'QUARANTINE', 'TRAIL#broker'];
/** `PRINCIPAL#*`: idempotency keys. `TRAIL#*`: the events of reviews, and refused calls. */
const REVIEWS = ['ACCESSREVIEWS', 'ACCESSREVIEW#*', 'PRINCIPAL#*', 'TRAIL#*'];
const ROLES = ['ROLE#*'];
const FIGURES = ['STATS', 'STATS#*'];
const SIGNALS = ['SIGNALS#*', 'TRAIL#*'];
/** `USAGE`: what is due. `USAGE#*`: what was read of the grants of an entitlement. */
const USAGE = ['USAGE', 'USAGE#*'];
const USAGE_ATTRIBUTES = [
  ...['pk', 'sk', 'ttl', 'sweepShard', 'dueAt'],
  // What is due and what was read (`adapters/dynamodb/usage-store.ts`).
  ...['since', 'attempts', 'waiting', 'at', 'of', 'usage', 'readAt', 'vended', 'logs'],
  // Events of a grant, and of a signal (`core/audit.ts`), and the episodes of signals.
  ...['id', 'grantId', 'entitlement', 'status', 'grantVersion', 'actor', 'requestId', 'sourceIp'],
  ...['type', 'calls', 'refused', 'used', 'granted', 'unknown', 'afterEnd', 'readFrom'],
  ...['readUntil', 'principalId', 'reason', 'kind', 'principal', 'count', 'story', 'role'],
  ...['percent', 'episodes', 'lastAt', 'version'],
];
const CHATS = ['CHAT#*', 'CHATCOUNT#*'];
const KEPT_FOR_EVER = [
  ...['GRANT#*', 'TRAIL#*', 'LEDGER', 'LEDGER#*'],
  ...['ACCESSREVIEWS', 'ACCESSREVIEW#*'],
];

const KEY_FOR_READING = ['kms:Decrypt', 'kms:DescribeKey'];
const KEY_FOR_WRITING = [...KEY_FOR_READING, 'kms:Encrypt', 'kms:GenerateDataKey'];
