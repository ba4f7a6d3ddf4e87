import type { OpenOrder, PrincipalOrder } from '../../core/principal-order.ts';
import { NOW } from './memory-ports.ts';

/** An open order about a principal, as an administrator gave it at `NOW`. */
export function orderOf(principal: string, changes: Partial<PrincipalOrder> = {}): OpenOrder {
  return {
    order: {
      ...{ id: `ev_${principal}`, what: 'suspend', principal, reason: '', at: NOW },
      actor: { type: 'User', id: 'people:ada', name: 'ada@acme.example' },
      ...{ requestId: 'r-1', sourceIp: '10.1.2.3', traceId: '4bf92f3577b34da6a3ce929d0e0e4736' },
      ...changes,
    },
    result: { suspension: null, ended: 0, newest: [] },
    ...{ after: null, missed: 0, idempotency: null },
  };
}
