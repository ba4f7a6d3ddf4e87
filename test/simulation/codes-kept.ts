import type { AuditEvent } from '../../core/audit.ts';
import type { Grant } from '../../core/grant.ts';
import type { Fail } from './limits-kept.ts';

/** Match codes, as those see them who have them: what each requester was told, what each voter sent, and what came of it. */

/** In every code, so that a history finds it wherever it may not be. */
const MARK = 'SECRET';

/** The entitlement that asks for codes. */
const CODED = 'coded';

type Told = { readonly code: string; wrong: number };

export class CodesKept {
  private readonly fail: Fail;
  /** By the id of the call that asked for an approval. */
  private readonly made = new Map<string, string>();
  /** By grant: the code of what waits, or has waited last. */
  private readonly told = new Map<string, Told>();
  /** By the id of the vote. */
  private readonly sent = new Map<string, string | null>();

  constructor(fail: Fail) {
    this.fail = fail;
  }

  /** The code that comes with a call; the requester learns it from the answer. */
  make(requestId: string, digits: string): string {
    const code = `${MARK}${digits}`;
    this.made.set(requestId, code);
    return code;
  }

  /** What the requester would tell a voter; null where nothing asks for a code. */
  codeOf(grantId: string): string | null {
    return this.told.get(grantId)?.code ?? null;
  }

  /** Another code than that one. */
  wrongCode(right: string): string {
    return right.endsWith('00') ? `${MARK}01` : `${MARK}00`;
  }

  onVote(requestId: string, code: string | null): void {
    this.sent.set(requestId, code);
  }

  /** @param events those that were written with this version of the grant */
  onWrite(grant: Grant, events: readonly AuditEvent[]): void {
    if (grant.entitlement !== CODED) return;
    const asks = grant.status === 'pending' ? 'requested' : 'extension-requested';
    for (const event of events) {
      const { type, requestId } = event;
      const told = this.told.get(grant.id);
      if (type === asks) {
        this.told.set(grant.id, { code: this.made.get(requestId) ?? '', wrong: 0 });
      }
      if (type === 'voted' && event.vote === 'approve' && this.sent.get(requestId) !== told?.code) {
        this.fail('section 3', 'an approval without the match code', grant);
      }
      if (type === 'vote-voided' && event.reason.includes('match code') && told !== undefined) {
        told.wrong += 1;
        if (this.sent.get(requestId) === told.code) {
          this.fail('section 3', 'the right match code was refused', grant);
        }
        const waits = grant.status === 'pending' || grant.extension !== null;
        if (waits !== told.wrong < 3) {
          this.fail('section 3', `after ${told.wrong} wrong match codes`, grant);
        }
      }
    }
  }

  /** What a vote is answered. */
  onAnswer(answer: object): void {
    if (JSON.stringify(answer).includes(MARK)) this.fail('I7', 'a match code in an answer');
  }
}
