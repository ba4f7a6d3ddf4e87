import { pageUrl } from '../sign-in/provider.ts';
import type { FromWorker, OrderName, Orders, ToWorker } from './messages.ts';

/** The files of the engine, named when the page is built. */
declare const ENGINE_FILES: {
  readonly worker: string;
  readonly module: string;
  readonly integrity: string;
};

type Waiting = {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
};

const waiting = new Map<number, Waiting>();
let started: Promise<Worker> | null = null;
let last = 0;

/**
 * Has the engine do something, in its worker, which is started when somebody asks for the first time.
 *
 * @throws Error in words for the person
 */
export async function ask<Name extends OrderName>(
  name: Name,
  order: Orders[Name]['order'],
): Promise<Orders[Name]['answer']> {
  started ??= start();
  const worker = await started.catch((error: unknown) => {
    started = null;
    throw error;
  });
  last += 1;
  const id = last;
  const message: ToWorker = { kind: 'order', id, name, order };
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker.postMessage(message);
  });
}

async function start(): Promise<Worker> {
  const module = await moduleBytes();
  const worker = new Worker(workerUrl() as string, { type: 'module', name: 'policy engine' });
  worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
    const found = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.answer.ok) found?.resolve(data.answer.value as never);
    else found?.reject(new Error(data.answer.why));
  });
  worker.addEventListener('error', () => {
    started = null;
    for (const { reject } of waiting.values()) reject(new Error(NOT_STARTED));
    waiting.clear();
  });
  const message: ToWorker = { kind: 'start', module };
  worker.postMessage(message, [module]);
  return worker;
}

const NOT_STARTED =
  'The policy engine could not be started. A newer version may have been installed: load the page again.';

async function moduleBytes(): Promise<ArrayBuffer> {
  const { module, integrity } = ENGINE_FILES;
  const answer = await fetch(asset(module), { integrity }).catch(() => null);
  if (answer?.ok !== true) throw new Error(NOT_STARTED);
  return answer.arrayBuffer();
}

function asset(name: string): string {
  return new URL(`assets/${name}`, pageUrl()).href;
}

/** What Trusted Types (W3C) ask for, as far as it is used. */
type TrustedTypes = {
  readonly createPolicy: (
    name: string,
    rules: { readonly createScriptURL: (url: string) => string },
  ) => { readonly createScriptURL: (url: string) => unknown };
};

let policy: ReturnType<TrustedTypes['createPolicy']> | null = null;

/** The policy lets through this one script and no other. */
function workerUrl(): unknown {
  const own = asset(ENGINE_FILES.worker);
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes };
  if (trustedTypes === undefined) return own;
  policy ??= trustedTypes.createPolicy('valetkey-worker', {
    createScriptURL: (url) => {
      if (url === own) return url;
      throw new TypeError('not the script of the policy engine');
    },
  });
  return policy.createScriptURL(own);
}
