import * as z from 'zod';
import type { ParameterSpec } from '../entitlement.ts';
import { DEFAULT_MAX_LENGTH } from '../session-policy/parameters.ts';
import { withoutUndefined } from './without-undefined.ts';

const description = z.string().min(1).max(200);

const byPattern = z
  .strictObject({
    pattern: z.string().min(1).max(512),
    description,
    maxLength: z.int().min(1).max(1024).default(DEFAULT_MAX_LENGTH),
    unicode: z.literal(true).optional(),
  })
  .transform(withoutUndefined<ParameterSpec>);

const byValues = z
  .strictObject({ enum: z.array(z.string().min(1).max(128)).nonempty(), description })
  .transform((parameter) => oneOf(parameter.enum, parameter.description));

const asBoolean = z.strictObject({ type: z.literal('boolean'), description }).transform(
  (parameter): ParameterSpec => ({
    ...oneOf(['true', 'false'], parameter.description),
    boolean: true,
  }),
);

const WELL_KNOWN = {
  account: { pattern: '[0-9]{12}', maxLength: 12 },
  region: { pattern: '[a-z]{2,8}(-[a-z]{2,12}){1,4}-[0-9]{1,2}', maxLength: 24 },
};

const byType = z.strictObject({ type: z.enum(['account', 'region']), description }).transform(
  (parameter): ParameterSpec => ({
    ...WELL_KNOWN[parameter.type],
    description: parameter.description,
  }),
);

/** A parameter, declared by a pattern, a list of values, or one of the well-known types. */
export const parameterSchema = z.union(
  [byPattern, byValues, asBoolean, byType],
  'needs a description, and one of: pattern, enum, or type (boolean, account or region)',
);

function oneOf(values: readonly string[], description: string): ParameterSpec {
  const escaped = values.map((value) => value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const maxLength = Math.max(...values.map(({ length }) => length));
  return { pattern: escaped.join('|'), description, maxLength, values };
}
