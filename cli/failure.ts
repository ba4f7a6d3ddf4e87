/** Exit codes of the command, documented in `docs/reference/cli.md`. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  signIn: 3,
  denied: 4,
  unreachable: 5,
  notYet: 6,
  cannotRun: 126,
  notFound: 127,
  interrupted: 130,
} as const;

export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'success',
  failed: 'failure, or a check that found problems; the message says what and why',
  usage: 'invalid usage: an option, an argument or a file',
  signIn: 'not signed in, or the token was not accepted',
  denied: 'denied by policy or by an approver, or the principal is suspended',
  unreachable: 'the broker or the identity provider is unreachable, or asks to retry later',
  notYet: 'not active yet: the grant needs approval, or has not started',
  cannotRun: '`exec`: the command was found but cannot be run',
  notFound: '`exec`: the command was not found',
  interrupted: 'interrupted with Ctrl-C or a signal',
};

/** Ends the command with an exit code, a message that says what was wrong, and a hint what to do. */
export class Failure extends Error {
  override readonly name: string = 'Failure';
  readonly exitCode: number;
  readonly hint: string | null;

  constructor(exit: keyof typeof EXIT, message: string, hint: string | null = null) {
    super(message);
    this.exitCode = EXIT[exit];
    this.hint = hint;
  }
}

/** The user called the command incorrectly. */
export class UsageError extends Failure {
  override readonly name = 'UsageError';

  constructor(message: string, hint: string | null = null) {
    super('usage', message, hint);
  }
}

/** The code that Node gives to errors of the operating system, such as `ENOENT`. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
