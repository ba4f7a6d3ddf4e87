import { expect as expectations } from 'expect';
import { bind } from 'jest-each';

/** Stands in for `@jest/globals`: collects the tests of files, and runs a file as often as needed. */

type Run = () => unknown;
type Hooks = Readonly<
  Record<'beforeAll' | 'beforeEach' | 'afterEach' | 'afterAll', { readonly run: Run }[]>
>;
type Test = { readonly kind: 'test'; readonly name: string; readonly run: Run };
type Block = {
  readonly kind: 'block';
  readonly name: string;
  readonly hooks: Hooks;
  readonly children: (Test | Block)[];
};

export type Outcome = {
  readonly id: string;
  readonly file: string;
  readonly milliseconds: number;
  readonly failure: string | null;
};

/** What a run says of each test; with `false` as the answer it stops. */
type Listener = {
  readonly begins: (id: string) => void;
  readonly ends: (outcome: Outcome) => boolean;
};

const newBlock = (name: string): Block => ({
  kind: 'block',
  name,
  hooks: { beforeAll: [], beforeEach: [], afterEach: [], afterAll: [] },
  children: [],
});

let current = newBlock('');

function collect(name: string, fill: Run): void {
  const block = newBlock(name);
  current.children.push(block);
  const outer = current;
  current = block;
  fill();
  current = outer;
}

const one = (name: string, run: Run): void => {
  current.children.push({ kind: 'test', name, run });
};
const each = (add: (name: string, run: Run) => void) => ({ each: bind(add as never) });
const hook = (when: keyof Hooks) => (run: Run) => {
  current.hooks[when].push({ run });
};

export const describe = Object.assign(collect, each(collect));
export const test = Object.assign(one, each(one));
export const expect = expectations;
export const beforeAll = hook('beforeAll');
export const beforeEach = hook('beforeEach');
export const afterEach = hook('afterEach');
export const afterAll = hook('afterAll');

/** Loads a test file; its tests become one block. */
export async function load(file: string, url: string): Promise<Block> {
  current = newBlock(file);
  const block = current;
  await import(url);
  return block;
}

/** @returns false where the listener stopped it. */
export async function run(
  block: Block,
  listener: Listener,
  file = block.name,
  around: readonly Block[] = [],
): Promise<boolean> {
  const blocks = [...around, block];
  const broken = await failureOf(() => inOrder(block.hooks.beforeAll));
  let goesOn = true;
  for (const child of block.children) {
    if (!goesOn) break;
    goesOn =
      child.kind === 'block'
        ? await run(child, listener, file, blocks)
        : listener.ends(await runTest(child, blocks, file, broken, listener));
  }
  await failureOf(() => inOrder(block.hooks.afterAll));
  return goesOn;
}

async function runTest(
  { name, run: body }: Test,
  blocks: readonly Block[],
  file: string,
  broken: string | null,
  { begins }: Listener,
): Promise<Outcome> {
  const id = [...blocks.map((block) => block.name), name].join(' › ');
  begins(id);
  const start = performance.now();
  const failure =
    broken ??
    (await failureOf(async () => {
      for (const { hooks } of blocks) await inOrder(hooks.beforeEach);
      await body();
    }));
  for (const { hooks } of blocks.toReversed()) await failureOf(() => inOrder(hooks.afterEach));
  return { id, file, milliseconds: Math.ceil(performance.now() - start), failure };
}

async function inOrder(hooks: readonly { readonly run: Run }[]): Promise<void> {
  for (const { run: body } of hooks) await body();
}

async function failureOf(body: () => Promise<void>): Promise<string | null> {
  try {
    await body();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
