import * as cedar from '@cedar-policy/cedar-wasm/web';
import { type Engine, engineOf } from './engine.ts';
import type { FromWorker, OrderName, Orders, ToWorker } from './messages.ts';

/**
 * The policy engine, in a worker with a policy of its own: only here may WebAssembly be compiled. It has no network; the
 * page gives it the module, the bundle and the decisions.
 */

let engine: Engine | null = null;

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === 'start') {
    cedar.initSync({ module: data.module });
    engine = engineOf(cedar);
    return;
  }
  const { id, name, order } = data;
  void carryOut(name, order).then((answer) => {
    const message: FromWorker = { id, answer };
    postMessage(message);
  });
});

async function carryOut(
  name: OrderName,
  order: Orders[OrderName]['order'],
): Promise<FromWorker['answer']> {
  try {
    if (engine === null) throw new Error('The policy engine could not be started.');
    const carry = engine[name] as (order: unknown) => Promise<Orders[OrderName]['answer']>;
    return { ok: true, value: await carry(order) };
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) };
  }
}
