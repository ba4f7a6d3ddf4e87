import { readFileSync } from 'node:fs';
import type { Step } from '../../core/lifecycle/next-step.ts';
import type { ParkedToken } from '../../core/upkeep/orchestrate.ts';
import { Crash, type Kernel } from './kernel.ts';

/** Executes the definition `workflow/grant.asl.json`, with as much of Step Functions as it uses. */

type Rule = {
  readonly ErrorEquals: readonly string[];
  readonly Next?: string;
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxAttempts?: number;
  readonly MaxDelaySeconds?: number;
};

type Choice = {
  readonly Variable?: string;
  readonly StringEquals?: string;
  readonly NumericGreaterThanEquals?: number;
  readonly IsPresent?: boolean;
  readonly And?: readonly Choice[];
  readonly Next?: string;
};

type State = {
  readonly Type: string;
  readonly Resource?: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly End?: boolean;
  readonly Choices?: readonly Choice[];
  readonly SecondsPath?: string;
  readonly Parameters?: { readonly FunctionName?: string; readonly Payload?: object };
  readonly Retry?: readonly Rule[];
  readonly Catch?: readonly Rule[];
};

export type Definition = {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
};

export function readDefinition(): Definition {
  const file = new URL('../../workflow/grant.asl.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Definition;
}

export class TaskError extends Error {
  constructor(name: string) {
    super(name);
    this.name = name;
  }
}

type Lambda = (payload: Readonly<Record<string, unknown>>) => Promise<Step>;

export type Services = {
  readonly lambdas: Readonly<Record<string, Lambda>>;
  /** @throws TaskError if the table does not answer. */
  readonly park: (grantId: string, token: ParkedToken) => Promise<boolean>;
  /** An execution has a longer history than a grant can need. */
  readonly spins: (grantId: string) => void;
};

/**
 * Far more states than a grant enters. AWS ends an execution after 25,000 events (Step Functions Developer
 * Guide, "Quotas"), of which a state with its retries makes up to a thousand.
 */
const MOST_STATES = 150;
/** How many states one look at a quarantine takes. */
const STATES_HELD = 3;

type Waiting = { readonly wake: (step: Step) => void };

export class StateMachine {
  readonly running = new Map<string, { killed: boolean }>();
  readonly entered = new Map<string, string[]>();
  private readonly waiting = new Map<string, Waiting>();
  private readonly kernel: Kernel;
  private readonly services: Services;
  private readonly definition: Definition;
  private tokens = 0;

  constructor(kernel: Kernel, definition: Definition, services: Services) {
    this.kernel = kernel;
    this.definition = definition;
    this.services = services;
  }

  /** Starts one execution per grant; a second start does nothing. */
  start(step: Step): void {
    if (this.running.has(step.grantId)) return;
    const execution = { killed: false };
    this.running.set(step.grantId, execution);
    this.entered.set(step.grantId, []);
    this.kernel.spawn(() => this.execute(step, execution));
  }

  signal(taskToken: string, step: Step): void {
    this.waiting.get(taskToken)?.wake(JSON.parse(JSON.stringify(step)) as Step);
  }

  kill(grantId: string): void {
    const execution = this.running.get(grantId);
    if (execution !== undefined) execution.killed = true;
  }

  private async execute(input: Step, execution: { killed: boolean }): Promise<void> {
    let data = input;
    for (let name: string | undefined = this.definition.StartAt; name !== undefined; ) {
      await this.kernel.sleep(this.kernel.between(5, 60));
      if (execution.killed) return;
      const state: State | undefined = this.definition.States[name];
      if (state === undefined) throw new Error(`there is no state ${name}`);
      const entered = this.entered.get(input.grantId) ?? [];
      entered.push(name);
      // A wait of minutes, which lasts as long as people let it.
      const held = entered.filter((one) => one === 'AwaitRelease').length;
      if (entered.length - STATES_HELD * held > MOST_STATES)
        return this.services.spins(input.grantId);
      const result = await this.enter(state, data, execution);
      if (execution.killed) return;
      data = result.data;
      name = result.next;
    }
  }

  private async enter(state: State, data: Step, execution: { killed: boolean }) {
    switch (state.Type) {
      case 'Choice': {
        const chosen = state.Choices?.find((choice) => holds(choice, data));
        return { data, next: chosen?.Next ?? state.Default };
      }
      case 'Wait':
        await this.kernel.sleep(Number(valueAt(state.SecondsPath, data)) * 1000);
        return { data, next: state.Next };
      case 'Task':
        return this.task(state, data, execution);
      default:
        return { data, next: undefined };
    }
  }

  private async task(state: State, data: Step, execution: { killed: boolean }) {
    const attempts = new Map<Rule, number>();
    for (;;) {
      try {
        const next = state.End ? undefined : state.Next;
        return { data: await this.call(state, data), next };
      } catch (error) {
        if (execution.killed) throw new Crash();
        const name = error instanceof TaskError ? error.name : 'Lambda.Unknown';
        const retry = state.Retry?.find((rule) => matches(rule, name));
        const made = retry === undefined ? 0 : (attempts.get(retry) ?? 0);
        if (retry !== undefined && made < (retry.MaxAttempts ?? 3)) {
          attempts.set(retry, made + 1);
          const wait = (retry.IntervalSeconds ?? 1) * (retry.BackoffRate ?? 2) ** made;
          await this.kernel.sleep(Math.min(wait, retry.MaxDelaySeconds ?? wait) * 1000);
          if (execution.killed) throw new Crash();
          continue;
        }
        const caught = state.Catch?.find((rule) => matches(rule, name));
        if (caught === undefined) throw error;
        return { data, next: caught.Next };
      }
    }
  }

  private async call(state: State, data: Step): Promise<Step> {
    if (state.Resource?.endsWith('.waitForTaskToken')) return this.wait(data);
    const lambda = this.services.lambdas[state.Parameters?.FunctionName ?? ''];
    if (lambda === undefined)
      throw new Error(`there is no Lambda ${state.Parameters?.FunctionName}`);
    const given = Object.entries(state.Parameters?.Payload ?? {}).filter(
      ([key]) => !key.endsWith('.$'),
    );
    const payload = {
      ...Object.fromEntries(given),
      grantId: data.grantId,
      executionId: data.grantId,
      step: data,
    };
    try {
      return await lambda(payload);
    } catch (error) {
      // To the state machine, a crash of the Lambda is an error of the call.
      throw error instanceof Crash ? new TaskError('Lambda.Crashed') : error;
    }
  }

  private async wait(step: Step): Promise<Step> {
    this.tokens += 1;
    const taskToken = `token-${this.tokens}`;
    const { version, phase, until } = step;
    let wake: (step: Step) => void = () => undefined;
    const signalled = new Promise<Step>((resolve) => {
      wake = resolve;
    });
    this.waiting.set(taskToken, { wake });
    const parked = await this.services.park(step.grantId, {
      taskToken,
      version,
      waitsFor: phase,
      until,
    });
    if (!parked) throw new TaskError('DynamoDb.TransactionCanceledException');
    const timeout = this.kernel.sleep(step.seconds * 1000).then(() => null);
    const first = await Promise.race([signalled, timeout]);
    this.waiting.delete(taskToken);
    if (first === null) throw new TaskError('States.Timeout');
    return first;
  }
}

function valueAt(path: string | undefined, data: Step): unknown {
  return data[path?.slice('$.'.length) as keyof Step];
}

function holds({ Variable, And, ...test }: Choice, data: Step): boolean {
  if (And !== undefined) return And.every((choice) => holds(choice, data));
  const value = valueAt(Variable, data);
  if (test.IsPresent !== undefined) return (value !== undefined) === test.IsPresent;
  const { NumericGreaterThanEquals: least } = test;
  if (least !== undefined) return typeof value === 'number' && value >= least;
  return value === test.StringEquals;
}

function matches({ ErrorEquals }: Rule, name: string): boolean {
  return ErrorEquals.includes(name) || ErrorEquals.includes('States.ALL');
}
