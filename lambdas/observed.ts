import type { GrantStore, PolicyEngine, SessionIssuer } from '../core/ports.ts';
import { spend } from './metrics.ts';
import { inSpan, inSpanAsync } from './spans.ts';

/** The ports that a vend waits for, with their time and a span for each of their calls. */

export function observedEngine(engine: PolicyEngine): PolicyEngine {
  const ask: PolicyEngine['ask'] = (action, question) =>
    inSpan('decide', () => {
      const began = performance.now();
      const answer = engine.ask(action, question);
      spend('DecisionLatency', performance.now() - began);
      return answer;
    });
  return { ...engine, ask };
}

export function observedIssuer(issue: SessionIssuer): SessionIssuer {
  return (plan) =>
    inSpanAsync('assume', async () => {
      const began = performance.now();
      const issued = await issue(plan);
      spend('StsLatency', performance.now() - began);
      return issued;
    });
}

export function observedStore(store: GrantStore): GrantStore {
  return {
    ...store,
    create: (write) => inSpanAsync('transact', () => store.create(write)),
    recordVend: (write) => inSpanAsync('transact', () => store.recordVend(write)),
    update: (write) => inSpanAsync('transact', () => store.update(write)),
  };
}
