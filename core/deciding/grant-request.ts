import type { CompiledEntitlement } from '../bundle/bundle.ts';
import type { Parameters, Scope } from '../entitlement.ts';
import type { FieldError } from '../field-error.ts';
import { addSeconds, type Instant } from '../instant.ts';
import { err, ok, type Result } from '../result.ts';
import { checkFills } from '../session-policy/fills.ts';
import { checkParameters } from '../session-policy/parameters.ts';
import { isVisible } from '../text.ts';

/** A caller's request for a grant, already of the right shape. */
export type GrantRequest = {
  readonly entitlement: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly scope: Scope | null;
  readonly durationSeconds: number;
  /** Null to start at once. */
  readonly startsAt: Instant | null;
  readonly justification: string | null;
  readonly ticket: string | null;
};

export const UNKNOWN_ENTITLEMENT: FieldError = {
  pointer: '/entitlement',
  detail: 'is not an entitlement of this broker; GET /v1/entitlements lists those you may request',
};

/** What the entitlement itself says about a request. */
type Terms = Pick<GrantRequest, 'durationSeconds' | 'justification' | 'ticket'> & {
  /** Whether the request is for a later start. */
  readonly scheduled?: boolean;
};

/** Whether the entitlement can be requested like this, by any caller. */
export function checkRequest(
  entitlement: CompiledEntitlement,
  request: Terms & Pick<GrantRequest, 'parameters'>,
): Result<Parameters, readonly FieldError[]> {
  const mistakes = mistakesIn(entitlement, request);
  const parameters = checkParameters(entitlement, request.parameters);
  if (!parameters.ok) return err([...mistakes, ...parameters.error]);
  const all = [...mistakes, ...checkFills(entitlement, parameters.value)];
  return all.length > 0 ? err(all) : parameters;
}

function mistakesIn(entitlement: CompiledEntitlement, request: Terms): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (request.durationSeconds > entitlement.maxDurationSeconds) {
    const detail = `may be at most ${entitlement.maxDurationSeconds} for ${entitlement.id}`;
    errors.push({ pointer: '/durationSeconds', detail });
  }
  if (entitlement.justification === 'required' && !isVisible(request.justification ?? '')) {
    errors.push({
      pointer: '/justification',
      detail: 'is missing: say in a sentence what you need it for',
    });
  }
  if (entitlement.breakGlass && !isVisible(request.ticket ?? '')) {
    const detail = 'is required for break-glass: give an incident id';
    errors.push({ pointer: '/ticket', detail });
  }
  if (entitlement.breakGlass && request.scheduled === true) {
    const detail = 'is not possible for break-glass, which begins at once; leave it out';
    errors.push({ pointer: '/startsAt', detail });
  }
  return errors;
}

/** Clocks differ: a start that has just passed counts as now. */
const LATE_SECONDS = 300;
export const LONGEST_AHEAD_SECONDS = 30 * 86_400;

/** @returns the requested start; `now` where none was requested, or it has just passed. */
export function startOf({ startsAt }: GrantRequest, now: Instant): Result<Instant, FieldError> {
  if (startsAt === null) return ok(now);
  const error = (detail: string) => err({ pointer: '/startsAt', detail });
  if (startsAt < addSeconds(now, -LATE_SECONDS)) {
    return error('has passed; leave it out to start at once');
  }
  if (startsAt > addSeconds(now, LONGEST_AHEAD_SECONDS))
    return error('may be at most 30 days ahead');
  return ok(Math.max(now, startsAt));
}
