/** What the command ends with; `docs/reference/cli.md` tells users. */
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
  ok: 'done',
  failed: 'it failed, or what was checked is not well; the message says what and why',
  usage: 'wrong usage: an option, an argument or a file',
  signIn: 'not signed in, or the token was not accepted',
  denied: 'denied: by policy, by an approver, or because the principal is suspended',
  unreachable: 'the broker or the identity provider cannot be reached, or asks to come back later',
  notYet: 'not yet: it waits for an approval or for its start',
  cannotRun: '`exec`: the command was found but cannot be run',
  notFound: '`exec`: the command was not found',
  interrupted: 'interrupted with Ctrl-C',
};

/** Ends the command with a message for people: what was wrong, and what to do next. */
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

/** The command was called wrongly. */
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
