import { z } from 'zod';
import type { DataEvents, Trail } from './trail.ts';

/** What event selectors let through: basic ones, or advanced ones. */

type Selected = Pick<Trail, 'management' | 'leftOut' | 'data' | 'notUnderstood'>;
type Which = DataEvents['which'];

/** What one selector adds. A trail records what any of its selectors lets through. */
type Added =
  | { readonly kind: 'management'; readonly which: Which; readonly leftOut: readonly string[] }
  | { readonly kind: 'data'; readonly events: DataEvents }
  /** Too little to count on: by names, by callers, without some resources. What it lets through counts as not recorded. */
  | { readonly kind: 'part' }
  | { readonly kind: 'not-understood'; readonly what: string };

const PART: Added = { kind: 'part' };

/** @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_EventSelector.html */
const basic = z.strictObject({
  ReadWriteType: z.enum(['All', 'ReadOnly', 'WriteOnly']).default('All'),
  IncludeManagementEvents: z.boolean().default(true),
  DataResources: z
    .array(z.strictObject({ Type: z.string(), Values: z.array(z.string()).default([]) }))
    .default([]),
  ExcludeManagementEventSources: z.array(z.string()).default([]),
});

/** @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html */
const values = z.array(z.string()).optional();
const advanced = z.strictObject({
  Name: z.string().optional(),
  FieldSelectors: z.array(
    z.strictObject({
      Field: z.string(),
      Equals: values,
      StartsWith: values,
      EndsWith: values,
      NotEquals: values,
      NotStartsWith: values,
      NotEndsWith: values,
    }),
  ),
});
type Field = z.infer<typeof advanced>['FieldSelectors'][number];

/** Fields that narrow a selector in a way that no `Trail` says. */
const NARROWING = ['eventName', 'eventSource', 'eventType', 'userIdentity.arn', 'errorCode'];
const NARROWING_TOO = [
  'sessionCredentialFromConsole',
  'vpcEndpointId',
  'resources.ARN',
  'readOnly',
];

/** A trail without selectors records all management events. */
export function readSelectors(given: {
  readonly EventSelectors?: readonly unknown[] | undefined;
  readonly AdvancedEventSelectors?: readonly unknown[] | undefined;
}): Selected {
  const { EventSelectors: basics = [], AdvancedEventSelectors: advanceds = [] } = given;
  if (basics.length + advanceds.length === 0) {
    return { management: 'all', leftOut: [], data: [], notUnderstood: [] };
  }
  return sum([...basics.flatMap(addedByBasic), ...advanceds.map(addedByAdvanced)]);
}

function sum(added: readonly Added[]): Selected {
  const management = added.filter((one) => one.kind === 'management');
  const whole = (which: Which) =>
    management.some((one) => one.which === 'all' || one.which === which);
  const [read, write] = [whole('read'), whole('write')];
  return {
    management: read && write ? 'all' : read ? 'read' : write ? 'write' : 'none',
    // Another selector may have them, or a half of them: that is not counted on.
    leftOut: [...new Set(management.flatMap(({ leftOut }) => leftOut))],
    data: added.flatMap((one) => (one.kind === 'data' ? [one.events] : [])),
    notUnderstood: added.flatMap((one) => (one.kind === 'not-understood' ? [one.what] : [])),
  };
}

const BASIC_WHICH = { All: 'all', ReadOnly: 'read', WriteOnly: 'write' } as const;
/** `arn:aws:s3`, `arn:aws:s3:::`, `arn:aws:lambda`: all there are. */
const EVERY = /^arn:[\w-]+:(?:s3(?:::)?:?|lambda|dynamodb)$/;

function addedByBasic(selector: unknown): readonly Added[] {
  const parsed = basic.safeParse(selector);
  if (!parsed.success) return [{ kind: 'not-understood', what: 'an event selector' }];
  const { ReadWriteType, IncludeManagementEvents, DataResources, ...settings } = parsed.data;
  const which = BASIC_WHICH[ReadWriteType];
  const data = DataResources.map(({ Type, Values }): Added => {
    const events = Values.some((value) => EVERY.test(value))
      ? { prefixes: null }
      : Type === 'AWS::S3::Object'
        ? { prefixes: Values }
        : { prefixes: [], exact: Values };
    return { kind: 'data', events: { type: Type, which, ...events } };
  });
  if (!IncludeManagementEvents) return data;
  return [{ kind: 'management', which, leftOut: settings.ExcludeManagementEventSources }, ...data];
}

function addedByAdvanced(selector: unknown): Added {
  const parsed = advanced.safeParse(selector);
  if (!parsed.success) return { kind: 'not-understood', what: 'an advanced event selector' };
  const { Name = 'without a name', FieldSelectors: fields } = parsed.data;
  const known = ['eventCategory', 'resources.type', ...NARROWING, ...NARROWING_TOO];
  const strange = fields.find(({ Field }) => !known.includes(Field));
  if (strange !== undefined) {
    return { kind: 'not-understood', what: `${strange.Field} in the event selector ${Name}` };
  }
  const category = only(fields, 'eventCategory');
  if (category === 'Management') return managementOf(fields);
  if (category === 'Data') return dataOf(fields);
  // Insights, and calls through VPC endpoints, are other records.
  return PART;
}

function managementOf(fields: readonly Field[]): Added {
  const which = whichOf(fields);
  const sources = of(fields, 'eventSource');
  const others = fields.length - 1 - of(fields, 'readOnly').length - sources.length;
  if (which === null || others > 0) return PART;
  if (!sources.every((field) => has(field, 'NotEquals'))) return PART;
  return { kind: 'management', which, leftOut: sources.flatMap(({ NotEquals = [] }) => NotEquals) };
}

function dataOf(fields: readonly Field[]): Added {
  const which = whichOf(fields);
  const type = only(fields, 'resources.type');
  const arns = of(fields, 'resources.ARN');
  const others = fields.length - 2 - of(fields, 'readOnly').length - arns.length;
  if (which === null || type === null || others > 0 || arns.length > 1) return PART;
  const [arn] = arns;
  if (arn === undefined) return { kind: 'data', events: { type, which, prefixes: null } };
  const { StartsWith = [], Equals = [] } = arn;
  if (has(arn, 'StartsWith'))
    return { kind: 'data', events: { type, which, prefixes: StartsWith } };
  if (!has(arn, 'Equals')) return PART;
  return { kind: 'data', events: { type, which, prefixes: [], exact: Equals } };
}

/** Null for what is neither all, nor read, nor write. */
function whichOf(fields: readonly Field[]): Which | null {
  const found = of(fields, 'readOnly');
  if (found.length === 0) return 'all';
  const value = only(fields, 'readOnly');
  return value === 'true' ? 'read' : value === 'false' ? 'write' : null;
}

function of(fields: readonly Field[], name: string): readonly Field[] {
  return fields.filter(({ Field }) => Field === name);
}

/** The one value that a field must equal; null where there is none, or more. */
function only(fields: readonly Field[], name: string): string | null {
  const [field, second] = of(fields, name);
  if (field === undefined || second !== undefined || !has(field, 'Equals')) return null;
  return field.Equals?.length === 1 ? (field.Equals[0] ?? null) : null;
}

/** Whether the field has no operators but these. */
function has(field: Field, ...operators: readonly string[]): boolean {
  const given = Object.entries(field).filter(
    ([key, list]) => key !== 'Field' && list !== undefined,
  );
  return given.length > 0 && given.every(([key]) => operators.includes(key));
}
