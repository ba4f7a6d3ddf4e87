import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FromWorker, OrderName, Orders } from '../../../dashboard/engine/messages.ts';
import { buildPage } from '../../../lib/page-files.ts';

/** The worker's files as browsers get them, run by Node: only what browsers name in another way is given to it. */
const SHIM = `
const { parentPort, workerData } = require('node:worker_threads');
globalThis.addEventListener = (_, listen) => parentPort.on('message', (data) => listen({ data }));
globalThis.postMessage = (message) => parentPort.postMessage(message);
// What browsers do not have.
delete globalThis.Buffer;
import(workerData).then(() => parentPort.postMessage('ready'));
`;

export type PageEngine = {
  readonly ask: <Name extends OrderName>(
    name: Name,
    order: Orders[Name]['order'],
  ) => Promise<Orders[Name]['answer']>;
  readonly stop: () => Promise<void>;
};

export async function startPageEngine(): Promise<PageEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-engine-'));
  const { assets } = buildPage();
  for (const { name, bytes } of assets) writeFileSync(join(folder, name), bytes);
  const scripts = assets.filter(({ name }) => name.startsWith('engine-'));
  const entry = scripts.find(({ bytes }) => Buffer.from(bytes).includes('initSync'));
  const module = assets.find(({ name }) => name.endsWith('.wasm'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const url = pathToFileURL(join(folder, (entry ?? scripts[0])?.name ?? '')).href;
  const worker = new Worker(SHIM, { eval: true, workerData: url });
  const waiting = new Map<number, (answer: FromWorker['answer']) => void>();
  await new Promise((resolve, reject) => {
    worker.on('error', reject);
    worker.once('message', resolve);
  });
  worker.on('message', ({ id, answer }: FromWorker) => waiting.get(id)?.(answer));
  const bytes = Uint8Array.from(module?.bytes ?? []);
  worker.postMessage({ kind: 'start', module: bytes.buffer }, [bytes.buffer]);
  let last = 0;
  return {
    ask: (name, order) =>
      new Promise((resolve, reject) => {
        last += 1;
        waiting.set(last, (answer) => {
          if (answer.ok) resolve(answer.value as never);
          else reject(new Error(answer.why));
        });
        worker.postMessage({ kind: 'order', id: last, name, order });
      }),
    stop: async () => {
      await worker.terminate();
      rmSync(folder, { recursive: true });
    },
  };
}
