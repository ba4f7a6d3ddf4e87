/** What a sentence of advice (core/deciding/advice.ts) would change in the form, so that one click does it. */
export type Advice = {
  /** The sentence, as the broker says it. */
  readonly text: string;
  readonly change: Change | null;
};

export type Change =
  | { readonly kind: 'duration'; readonly seconds: number }
  | { readonly kind: 'second-factor' }
  | { readonly kind: 'ticket'; readonly example: string | null }
  | { readonly kind: 'narrow' }
  | { readonly kind: 'instead'; readonly entitlement: string }
  /** Nothing to change: it is the time of the request that counts, not that of its start. */
  | { readonly kind: 'wait'; readonly until: string };

const ENDING = /: (?:it would be allowed at once|it could be approved)\.$/;

export function readAdvice(text: string): Advice {
  const said = text.replace(ENDING, '');
  return { text, change: said === text ? null : changeOf(said) };
}

function changeOf(said: string): Change | null {
  const [, longest] = /^Ask for at most (.+)$/.exec(said) ?? [];
  if (longest !== undefined) {
    const seconds = secondsInWords(longest);
    return seconds === null ? null : { kind: 'duration', seconds };
  }
  if (said === 'Sign in again with a second factor') return { kind: 'second-factor' };
  if (said === 'Name a ticket') return { kind: 'ticket', example: null };
  const [, example] = /^Name a ticket such as (.+)$/s.exec(said) ?? [];
  if (example !== undefined) return { kind: 'ticket', example };
  if (said === 'Ask for less with a scope of actions or resources') return { kind: 'narrow' };
  const [, until] = /^Ask at (\S+Z)$/.exec(said) ?? [];
  if (until !== undefined && !Number.isNaN(Date.parse(until))) return { kind: 'wait', until };
  const [, entitlement] = /^Ask for ([a-z0-9-]+) instead$/.exec(said) ?? [];
  return entitlement === undefined ? null : { kind: 'instead', entitlement };
}

const LENGTHS: Readonly<Record<string, number>> = {
  ...{ d: 86_400, day: 86_400, h: 3600, hour: 3600 },
  ...{ min: 60, minute: 60, s: 1, second: 1 },
};

/** The inverse of `inWords` of core/duration.ts. */
function secondsInWords(text: string): number | null {
  if (!/^\d+ [a-z]+(?: \d+ [a-z]+)*$/.test(text)) return null;
  const parts = [...text.matchAll(/(\d+) ([a-z]+)/g)].map(([, count, word = '']) => {
    const length = LENGTHS[word] ?? LENGTHS[word.replace(/s$/, '')];
    return length === undefined ? Number.NaN : Number(count) * length;
  });
  const seconds = parts.reduce((sum, part) => sum + part, 0);
  return Number.isNaN(seconds) || seconds === 0 ? null : seconds;
}
