import type { AuditEvent, PrincipalEvent } from '../audit.ts';
import type { Outcome } from './classes.ts';

type Status = { readonly status_id: number; readonly status: string };

const SUCCESS: Status = { status_id: 1, status: 'Success' };
const FAILURE: Status = { status_id: 2, status: 'Failure' };

/** `status_id` 99 stands for what the schema has no number for: the text says what. */
function other(status: string): Status {
  return { status_id: 99, status };
}

/** The fields that say how the activity ended. */
export function statusFields(event: AuditEvent | PrincipalEvent, outcome: Outcome) {
  const detail = statusDetail(event);
  return {
    ...statusOf(event, outcome),
    ...(event.type === 'principal-refused' && { status_code: event.problem }),
    ...(detail !== '' && { status_detail: detail }),
  };
}

function statusOf(event: AuditEvent | PrincipalEvent, outcome: Outcome): Status {
  switch (outcome) {
    case 'success':
      return SUCCESS;
    case 'failure':
      return FAILURE;
    case 'underway':
      return other('Underway');
    case 'new':
      return { status_id: 1, status: 'New' };
    case 'by grant':
      return 'status' in event ? ofGrant(event) : SUCCESS;
  }
}

function ofGrant({ status }: AuditEvent): Status {
  switch (status) {
    case 'active':
      return SUCCESS;
    case 'denied':
      return FAILURE;
    case 'pending':
      return other('Pending');
    case 'scheduled':
      return other('Scheduled');
    default:
      return other(status);
  }
}

/** Why it went so: the reason that was given, or what policy said where it did not simply allow. */
function statusDetail(event: AuditEvent | PrincipalEvent): string {
  if ('reason' in event) return event.reason;
  if (!('decision' in event) || event.decision.outcome === 'allow') return '';
  const { outcome, advice, policies } = event.decision;
  if (advice.length > 0) return advice.join(' ');
  if (outcome === 'approve') return '';
  return policies.length > 0 ? `Denied by ${policies.join(', ')}` : 'No policy permits it';
}
