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
  /** What was decided: only what is better is offered. */
  readonly decided: Outcome;
  /** Asks the engine; a question that cannot be evaluated counts as denied. */
  readonly outcomeOf: (question: Question, entitlement: CompiledEntitlement) => Outcome;
};

const RANK: Readonly<Record<Outcome, number>> = { deny: 0, approve: 1, allow: 2 };

export function isBetter({ decided }: Pick<Search, 'decided'>, outcome: Outcome): boolean {
  return RANK[outcome] > RANK[decided];
}

/** The advice to change something, if what comes of it is better; none otherwise. */
export function offer(search: Search, outcome: Outcome, change: string): readonly string[] {
  if (!isBetter(search, outcome)) return [];
  const better = outcome === 'allow' ? 'it would be allowed at once' : 'it could be approved';
  return [`${change}: ${better}.`];
}
