import type { Unavailable } from '../failure.ts';
import type { Instant } from '../instant.ts';
import { err, ok, type Result } from '../result.ts';
import type { ChatFailure, ChatStore, MessageRef, Messenger, Posted } from './chat-ports.ts';
import { nextStep, type Step, type Wanted } from './next-step.ts';

export type BringPorts = {
  readonly chats: ChatStore;
  readonly clock: () => Instant;
  readonly pause: (milliseconds: number) => Promise<unknown>;
  /** What was done in a place. */
  readonly report: (done: Step['kind']) => void;
};

/** One message. */
export type Subject = {
  readonly about: string;
  readonly place: string;
  /** Reads what the place should have now. */
  readonly wanted: () => Promise<Result<Wanted, Unavailable>>;
  /** Whether a message that would be the first one is left to the digest. */
  readonly isLeftOut: (wanted: Wanted) => Promise<Result<boolean, Unavailable>>;
  readonly messenger: Messenger;
};

/** There was no time, or somebody else was busy with the place for all of it. */
export type BringFailure = Unavailable | ChatFailure | { readonly code: 'busy' };

/** Longer than any call of a chat takes. */
const LEASE_MS = 30_000;
const LOOK_AGAIN_MS = 250;

/**
 * Takes one step after the other until the place has what it should have. Before each step it claims the place in the
 * table, so that two readers of notices post one message. The claim is on the state that was read before the grant, so
 * nobody puts an earlier state over a later one.
 *
 * If it dies between the step and writing it down, the claim runs out, and the step is taken again: a message may be
 * there twice, and never not at all.
 *
 * @param until After this it begins nothing and waits for nobody.
 */
export async function bringUpToDate(
  ports: BringPorts,
  subject: Subject,
  until: Instant,
): Promise<Result<null, BringFailure>> {
  for (;;) {
    const found = await ports.chats.find(subject.about, subject.place);
    if (!found.ok) return found;
    const wanted = await subject.wanted();
    if (!wanted.ok) return wanted;
    const step = nextStep(found.value, wanted.value);
    if (step.kind === 'nothing') return ok(null);
    if (ports.clock() >= until) return err({ code: 'busy' });
    if (isBusy(found.value, ports.clock())) {
      await ports.pause(LOOK_AGAIN_MS);
      continue;
    }
    const done = await claimAndTake(ports, subject, { posted: found.value, wanted, step });
    if (done.ok) continue;
    const { error } = done;
    if (error.code !== 'limited') return done;
    const wait = error.afterSeconds * 1000;
    if (ports.clock() + wait >= until) return done;
    await ports.pause(wait);
  }
}

function isBusy(posted: Posted | null, now: Instant): boolean {
  return posted !== null && posted.busyUntil !== null && posted.busyUntil > now;
}

type Taking = {
  readonly posted: Posted | null;
  readonly wanted: { readonly value: Wanted };
  readonly step: Step;
};

/** Whoever loses the race for the claim looks again. */
async function claimAndTake(
  ports: BringPorts,
  subject: Subject,
  { posted, wanted: { value: wanted }, step }: Taking,
): Promise<Result<null, BringFailure>> {
  const { chats, clock } = ports;
  const before = posted ?? nothingPosted(subject);
  if (posted === null) {
    const leftOut = await subject.isLeftOut(wanted);
    if (!leftOut.ok) return leftOut;
    if (leftOut.value) return saved(await chats.save(following(before, { silent: true })));
  }
  const claim = following(before, { busyUntil: clock() + LEASE_MS });
  const claimed = await chats.save(claim);
  if (!claimed.ok) return claimed;
  if (!claimed.value) return ok(null);
  const taken = await take(subject.messenger, claim, wanted, step);
  const outcome = taken.ok ? taken.value : changesAfter(taken.error, claim);
  // Where somebody took over after the claim ran out, their writing counts.
  const noted = await chats.save(following(claim, { ...outcome, busyUntil: null }));
  if (!noted.ok) return noted;
  if (taken.ok) ports.report(step.kind);
  return taken.ok || isSettled(taken.error) ? ok(null) : taken;
}

type Changes = Partial<Pick<Posted, 'message' | 'shows' | 'followedUp' | 'silent'>>;

async function take(
  messenger: Messenger,
  { message, followedUp }: Posted,
  { announcement, edition, followUps }: Wanted,
  step: Step,
): Promise<Result<Changes, ChatFailure>> {
  // What the thread would say, a new message says itself.
  const all = followUps.map(({ key }) => key);
  const anew = (ref: MessageRef): Changes => {
    return { message: ref, shows: edition, followedUp: all, silent: false };
  };
  switch (step.kind) {
    case 'post':
      return mapped(await messenger.post(announcement), (ref) => anew(ref));
    case 'update': {
      const updated = await messenger.update(message, announcement);
      // Where none can be updated, it is another message.
      return mapped(updated, (ref) =>
        ref === null ? anew(ref) : { message: ref, shows: edition },
      );
    }
    case 'follow-up': {
      const told = await messenger.followUp(message, step.followUp);
      return mapped(told, () => ({ followedUp: [...followedUp, step.followUp.key] }));
    }
    case 'nothing':
      return ok({});
  }
}

/** A message that was deleted is posted again where somebody should see it. */
function changesAfter({ code }: ChatFailure, { followedUp }: Posted): Changes {
  if (code === 'gone') return { message: null, shows: null, followedUp };
  return code === 'nobody' ? { silent: true } : {};
}

function isSettled({ code }: ChatFailure): boolean {
  return code === 'gone' || code === 'nobody';
}

function mapped<T>(
  result: Result<T, ChatFailure>,
  changes: (value: T) => Changes,
): Result<Changes, ChatFailure> {
  return result.ok ? ok(changes(result.value)) : result;
}

function saved(result: Result<boolean, Unavailable>): Result<null, Unavailable> {
  return result.ok ? ok(null) : result;
}

function nothingPosted({ about, place }: Subject): Posted {
  return {
    ...{ about, place, revision: 0, busyUntil: null, message: null, shows: null },
    ...{ followedUp: [], silent: false },
  };
}

function following(posted: Posted, changes: Partial<Posted>): Posted {
  return { ...posted, ...changes, revision: posted.revision + 1 };
}
