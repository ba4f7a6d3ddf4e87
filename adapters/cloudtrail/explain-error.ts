import { LogsUnavailable } from '../../core/usage/logs-unavailable.ts';

/** Names of the same refusal in S3, and in the other services. */
const DENIED = /^(?:AccessDenied(?:Exception)?|AllAccessDisabled|Forbidden|UnauthorizedOperation)$/;

export function isDenied(error: unknown): boolean {
  return DENIED.test(nameOf(error));
}

/**
 * The action that a call lacked. AWS names it in most messages; S3 reads objects that a customer's KMS key encrypts only
 * with `kms:Decrypt`.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function lackingPermission(error: unknown, asked: string): string {
  const message = error instanceof Error ? error.message : '';
  return /not authorized to perform:? ([a-z0-9-]+:[A-Za-z0-9]+)/.exec(message)?.[1] ?? asked;
}

/** What AWS answered, in words for the operator. */
export function explain(error: unknown, permission: string, what: string): LogsUnavailable {
  if (error instanceof LogsUnavailable) return error;
  if (isDenied(error)) {
    const lacking = lackingPermission(error, permission);
    return new LogsUnavailable(`AWS refused to read ${what}: the credentials need ${lacking}`, {
      ...{ reason: nameOf(error), permission: lacking },
    });
  }
  const message = error instanceof Error ? error.message : '';
  const reason = nameOf(error);
  return new LogsUnavailable(`${what} could not be read (${reason}: ${message})`, { reason });
}

export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}
