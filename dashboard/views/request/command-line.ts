import { formatDuration } from '../../../core/duration.ts';
import type { RequestBody } from './form.ts';

/** The command that makes the same request. */
export function commandLine(body: RequestBody): string {
  const { entitlement, parameters, durationSeconds, justification, ticket, startsAt, scope } = body;
  const option = (name: string, value: string | undefined): string[] =>
    value === undefined ? [] : [name, quoted(value)];
  return [
    'valetkey request',
    quoted(entitlement),
    ...Object.entries(parameters).flatMap(([name, value]) => option('-p', `${name}=${value}`)),
    ...option('--for', formatDuration(durationSeconds)),
    ...option('--reason', justification),
    ...option('--ticket', ticket),
    ...(scope?.actions ?? []).flatMap((action) => option('--action', action)),
    ...(scope?.resources ?? []).flatMap((resource) => option('--resource', resource)),
    ...option('--at', startsAt),
  ].join(' ');
}

/** One word for a POSIX shell, whatever is in it (POSIX.1-2024, Shell Command Language, 2.2.2). */
function quoted(text: string): string {
  return /^[\w.,:=/@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
