import type { CompiledEntitlement } from '../bundle/bundle.ts';
import type { Outcome, Question } from '../decision.ts';
import type { Scope } from '../entitlement.ts';
import type { Judge } from './judge.ts';

/** What a search for better requests needs. */
export type Search = {
  readonly judge: Judge;
  readonly asked: Question;
  readonly entitlement: CompiledEntitlement;
  readonly scope: Scope | null;
  /** Asks the engine; a question that cannot be evaluated counts as denied. */
  readonly outcomeOf: (question: Question, entitlement: CompiledEntitlement) => Outcome;
};

/** The sentence for an outcome that is better than a denial; null for a denial. */
export function promise(outcome: Outcome): string | null {
  switch (outcome) {
    case 'allow':
      return 'it would be allowed at once';
    case 'approve':
      return 'it could be approved';
    case 'deny':
      return null;
  }
}
