import { parseDuration } from '../../core/duration.ts';
import { type CaseQuestion, questionFile } from '../../core/policy/cases-file.ts';
import { UsageError } from '../failure.ts';

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
  readonly account: string;
  readonly region: string;
};

/**
 * The options as a case, checked as a case in a file would be.
 *
 * @throws UsageError that names the option which is missing or wrong.
 */
export function questionFromFlags(options: ExplainOptions, now: string): CaseQuestion {
  const { principal, entitlement, action, resource } = options;
  if (principal === undefined || entitlement === undefined) {
    throw new UsageError('name --principal and --entitlement, or a case with --file');
  }
  const colon = principal.indexOf(':');
  if (colon < 1) throw new UsageError(`--principal: write <issuer>:<subject>, not '${principal}'`);
  const issuer = principal.slice(0, colon);
  const scope = {
    ...(action.length > 0 && { actions: action }),
    ...(resource.length > 0 && { resources: resource }),
  };
  const read = questionFile.safeParse({
    name: 'the command line',
    principal: {
      issuer,
      subject: principal.slice(colon + 1),
      groups: options.group.map((it) => withoutPrefix(it, `${issuer}:`)),
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
    },
  });
  if (read.success) return read.data;
  const mistakes = read.error.issues.map(
    (it) => `  ${it.path.map(String).join('.')}: ${it.message}`,
  );
  throw new UsageError(`this cannot be asked:\n${mistakes.join('\n')}`);
}

function pairs(option: string, given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((pair) => {
      const equals = pair.indexOf('=');
      if (equals < 1) throw new UsageError(`${option}: write name=value, not '${pair}'`);
      return [pair.slice(0, equals), pair.slice(equals + 1)];
    }),
  );
}

function seconds(option: string, text: string): number {
  const read = parseDuration(text);
  if (read.ok) return read.value;
  throw new UsageError(`${option}: ${read.error}`);
}

function withoutPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}
