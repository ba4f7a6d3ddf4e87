import {
  type Deployment,
  type Entitlement,
  type Parameters,
  type Scope,
  type Statement,
  targetPartition,
} from '../entitlement.ts';
import type { FieldError } from '../field-error.ts';
import { formatInstant, type Instant } from '../instant.ts';
import { err, ok, type Result } from '../result.ts';
import { mergeStatements } from './merge.ts';
import { malformed, narrow } from './scope.ts';
import { renderStatements } from './template.ts';

/** Inline session policies may have 2,048 characters (IAM User Guide, "IAM and AWS STS quotas"). */
export const MAX_SESSION_POLICY_LENGTH = 2048;

export type SessionPolicyInput = {
  readonly entitlement: Entitlement;
  readonly parameters: Parameters;
  /** Null where the caller did not narrow the entitlement. */
  readonly scope: Scope | null;
  readonly deployment: Deployment;
  readonly expiresAt: Instant;
  /** The address that the request came from; used when the entitlement binds the network. */
  readonly sourceIp: string;
};

export type NoSessionPolicy =
  | { readonly code: 'too-long'; readonly length: number }
  | { readonly code: 'not-contained'; readonly errors: readonly FieldError[] };

/**
 * Composes the session policy, as the text that STS receives: the entitlement's statements, narrowed to the
 * caller's scope; a deny of everything from `expiresAt`; and a deny of every other network, if the
 * entitlement binds it. The same input gives the same bytes.
 */
export function composeSessionPolicy(input: SessionPolicyInput): Result<string, NoSessionPolicy> {
  const text = sessionPolicyText(input);
  if (!text.ok) return err({ code: 'not-contained', errors: text.error });
  const policy = toAscii(text.value);
  const { length } = policy;
  return length > MAX_SESSION_POLICY_LENGTH ? err({ code: 'too-long', length }) : ok(policy);
}

/** STS accepts characters up to U+00FF only (STS API Reference, AssumeRole, "Policy"), so JSON escapes are used. */
export function toAscii(json: string): string {
  return json.replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The policy without the limit and the escapes; the compiler measures bundles with it. */
export function sessionPolicyText(
  input: SessionPolicyInput,
): Result<string, readonly FieldError[]> {
  const { entitlement, parameters } = input;
  const rendered = renderStatements(entitlement, parameters, input.deployment);
  const narrowed = input.scope === null ? ok(rendered) : narrow(rendered, input.scope);
  if (!narrowed.ok) return narrowed;
  const mistakes = malformed(input.scope ?? {}, targetPartition(entitlement));
  if (mistakes.length > 0) return err(mistakes);
  const statements = mergeStatements(narrowed.value).map(minify);
  const network = entitlement.network === 'bind' ? [denyOtherNetworks(input.sourceIp)] : [];
  const policy = {
    Version: '2012-10-17',
    Statement: [...statements, denyFrom(input.expiresAt), ...network],
  };
  return ok(JSON.stringify(policy));
}

/** The credentials die at `expiresAt` even if no part of the broker is running (I3). */
function denyFrom(expiresAt: Instant): object {
  return {
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: { DateGreaterThanEquals: { 'aws:CurrentTime': formatInstant(expiresAt) } },
  };
}

/**
 * Calls that an AWS service makes on the caller's behalf come from the service's address, so they are not
 * denied. `IfExists` makes a missing key deny (IAM User Guide, "aws:ViaAWSService").
 */
function denyOtherNetworks(sourceIp: string): object {
  return {
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: {
      NotIpAddress: { 'aws:SourceIp': sourceIp },
      BoolIfExists: { 'aws:ViaAWSService': 'false' },
    },
  };
}

/** Writes lists of one without brackets, because every character counts. */
function minify(statement: Statement): object {
  return Object.fromEntries(
    Object.entries(statement).map(([key, value]) => [
      key,
      key === 'Condition' ? minifyCondition(statement) : single(value),
    ]),
  );
}

function minifyCondition(statement: Statement): object {
  return Object.fromEntries(
    Object.entries(statement.Condition ?? {}).map(([operator, keys]) => [
      operator,
      Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, single(value)])),
    ]),
  );
}

function single(value: unknown): unknown {
  return Array.isArray(value) && value.length === 1 ? value[0] : value;
}
