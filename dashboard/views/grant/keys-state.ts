import type { Grant, GrantEvent } from '../../api/types.ts';

/** Whether the keys of a grant are dead, said honestly. */
export type KeysState = {
  readonly kind: 'none' | 'live' | 'dying' | 'failing' | 'dead' | 'outlived';
  readonly says: string;
};

/** @param events those that are known, oldest first */
export function keysState(
  { status, keysValidUntil }: Grant,
  events: readonly GrantEvent[],
  now: number,
): KeysState {
  if (keysValidUntil === null) return { kind: 'none', says: 'No keys were handed out.' };
  const last = (type: GrantEvent['type']): number =>
    events.findLastIndex((one) => one.type === type);
  const ranOut = Date.parse(keysValidUntil) <= now;
  if (last('outlived') !== -1) return { kind: 'outlived', says: OUTLIVED };
  const order = Math.max(last('revoking'), last('killing'));
  const dying = status === 'revoking' || (status === 'active' && last('killing') !== -1);
  if (dying) {
    return last('kill-failed') > order
      ? { kind: 'failing', says: FAILING }
      : { kind: 'dying', says: DYING };
  }
  if (status === 'active' || status === 'scheduled') {
    return ranOut
      ? {
          kind: 'dead',
          says: 'The keys so far ran out. More can be had while the grant is active.',
        }
      : { kind: 'live', says: 'Keys were handed out, and work.' };
  }
  if (status === 'revoked') return { kind: 'dead', says: killedInWords(events) };
  return { kind: 'dead', says: 'The keys are dead: they stopped working when the time was up.' };
}

const OUTLIVED =
  'The kill switch could not be written in time: the keys worked until they ran out. Tell the security team.';
const FAILING =
  'The kill switch could not be written: the keys may still work. The broker tries again and has raised an alarm.';
const DYING =
  'The broker is writing the deny that kills the keys. Until it is read back, they may work.';

function killedInWords(events: readonly GrantEvent[]): string {
  const seconds = events.findLast(({ type }) => type === 'revoked')?.['killSeconds'];
  return typeof seconds === 'number'
    ? `The keys are dead: the deny was written and read back within ${seconds} s.`
    : 'The keys are dead: none was alive when the grant ended.';
}
