import { describeIssue } from '../../core/bundle/describe-issue.ts';
import { parseTypedDuration } from '../../core/duration.ts';
import { type CaseQuestion, questionFile } from '../../core/policy/cases-file.ts';
import { QUIET } from '../../core/request-signals.ts';
import { UsageError } from '../failure.ts';
import { invalidRequest } from './invalid-request.ts';

export type ExplainOptions = {
  readonly policy: string;
  readonly json: boolean;
  readonly file?: string;
  readonly case?: string;
  readonly principal?: string;
  readonly group: readonly string[];
  readonly claim: readonly string[];
  readonly entitlement?: string;
  readonly parameter: readonly string[];
  readonly action: readonly string[];
  readonly resource: readonly string[];
  readonly for: string;
  readonly reason?: string;
  readonly ticket?: string;
  readonly mfa?: boolean;
  readonly mfaAge?: string;
  readonly sourceIp: string;
  readonly now?: string;
  readonly recentDenials: number;
  readonly usedBefore?: boolean;
  readonly signal: readonly string[];
  readonly account: string;
  readonly region: string;
};

/**
 * Builds a case from the options, and checks it like a case in a file.
 *
 * @throws UsageError that names the missing or invalid option.
 */
export function questionFromFlags(options: ExplainOptions, now: string): CaseQuestion {
  const { principal, entitlement, action, resource } = options;
  if (principal === undefined || entitlement === undefined) {
    throw new UsageError('Set --principal and --entitlement, or --file.');
  }
  const colon = principal.indexOf(':');
  if (colon < 1) {
    throw new UsageError(
      `--principal: "${principal}" is not a principal id.`,
      'Write <issuer>:<subject>, such as people:ana.',
    );
  }
  const issuer = principal.slice(0, colon);
  const scope = {
    ...(action.length > 0 && { actions: action }),
    ...(resource.length > 0 && { resources: resource }),
  };
  const question = {
    name: 'the command line',
    principal: {
      issuer,
      subject: principal.slice(colon + 1),
      groups: options.group.map((group) => withoutPrefix(group, `${issuer}:`)),
      claims: pairs('--claim', options.claim),
    },
    request: {
      entitlement,
      parameters: pairs('--parameter', options.parameter),
      durationSeconds: seconds('--for', options.for),
      ...(options.reason !== undefined && { justification: options.reason }),
      ...(options.ticket !== undefined && { ticket: options.ticket }),
      ...(Object.keys(scope).length > 0 && { scope }),
    },
    context: {
      mfa: options.mfa === true || options.mfaAge !== undefined,
      ...(options.mfaAge !== undefined && { mfaAgeSeconds: seconds('--mfa-age', options.mfaAge) }),
      sourceIp: options.sourceIp,
      now: options.now ?? now,
      history: { recentDenials: options.recentDenials, firstUse: options.usedBefore !== true },
      signals: signals(options.signal),
    },
  };
  const read = questionFile.safeParse(question, { reportInput: true, error: describeIssue });
  if (read.success) return read.data;
  throw new UsageError(invalidRequest(read.error.issues, 'options'));
}

function pairs(option: string, given: readonly string[]): Record<string, string> {
  const values = new Map<string, string>();
  for (const pair of given) {
    const equals = pair.indexOf('=');
    if (equals < 1) throw new UsageError(`${option}: write name=value instead of "${pair}".`);
    const name = pair.slice(0, equals);
    if (values.has(name))
      throw new UsageError(`${option}: ${name} is there twice; give one value.`);
    values.set(name, pair.slice(equals + 1));
  }
  return Object.fromEntries(values);
}

/** A name alone says that the signal is true. */
function signals(given: readonly string[]): Record<string, unknown> {
  const named = given.map((one) => (one.includes('=') ? one : `${one}=true`));
  const read = (value: string) =>
    /^\d+$/.test(value) ? Number(value) : ({ true: true, false: false }[value] ?? value);
  const values = Object.entries(pairs('--signal', named));
  const unknown = values.find(([name]) => !Object.hasOwn(QUIET, name));
  if (unknown !== undefined) {
    const known = Object.keys(QUIET).join(', ');
    throw new UsageError(`--signal: there is no ${unknown[0]}.`, `Write one of: ${known}.`);
  }
  return Object.fromEntries(values.map(([name, value]) => [name, read(value)]));
}

function seconds(option: string, text: string): number {
  const read = parseTypedDuration(text);
  if (read.ok) return read.value;
  throw new UsageError(`${option}: ${read.error}.`);
}

function withoutPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}
