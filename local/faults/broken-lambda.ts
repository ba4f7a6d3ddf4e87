import {
  DeleteFunctionConcurrencyCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { type Deployed, untilUpdated } from './deployed.ts';
import type { Fault, Target } from './fault.ts';

/** What can be wrong with a Lambda itself. */

/** Every call of it is throttled. */
export function throttled({ name, functionName: FunctionName }: Deployed): Fault {
  return {
    name: `${name} throttled`,
    begin: async ({ root }) => {
      const none = { FunctionName, ReservedConcurrentExecutions: 0 };
      await root.lambda.send(new PutFunctionConcurrencyCommand(none));
    },
    end: async ({ root }) => {
      await root.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
    },
  };
}

/** Its code throws before it does anything. */
export function throwing(lambda: Deployed): Fault {
  const code = `throw new Error('broken by a fault');`;
  return configured(lambda, 'throws', preloading(lambda, code));
}

/** It looks for another table than there is. */
export function misconfigured(lambda: Deployed): Fault {
  const environment = { ...lambda.environment, TABLE_NAME: 'no-such-table' };
  return configured(lambda, 'has another table', environment);
}

/** Its clock is wrong by some seconds. */
export function shiftedClock(lambda: Deployed, seconds: number): Fault {
  const shift = seconds * 1000;
  const code = `
    const Real = Date;
    globalThis.Date = class Date extends Real {
      constructor(...given) {
        if (given.length === 0) super(Real.now() + ${shift});
        else super(...given);
      }
      static now() { return Real.now() + ${shift}; }
    };`;
  const sign = seconds > 0 ? '+' : '−';
  const what = `clock ${sign}${Math.abs(seconds)} s`;
  return configured(lambda, what, preloading(lambda, code));
}

/** Code that runs before that of the Lambda (Node.js documentation, "--import=module"). */
function preloading({ environment }: Deployed, code: string): Deployed['environment'] {
  const url = `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
  const before = environment['NODE_OPTIONS'];
  const options = [...(before === undefined ? [] : [before]), `--import=${url}`];
  return { ...environment, NODE_OPTIONS: options.join(' ') };
}

function configured(
  { name, functionName, environment }: Deployed,
  what: string,
  wrong: Deployed['environment'],
): Fault {
  const set = async ({ root }: Target, Variables: Deployed['environment']): Promise<void> => {
    await untilUpdated(root.lambda, functionName);
    const update = { FunctionName: functionName, Environment: { Variables: { ...Variables } } };
    await root.lambda.send(new UpdateFunctionConfigurationCommand(update));
    await untilUpdated(root.lambda, functionName);
  };
  return {
    name: `${name} ${what}`,
    begin: (stack) => set(stack, wrong),
    end: (stack) => set(stack, environment),
  };
}
