import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

type Handler = { readonly ErrorEquals: readonly string[]; readonly Next?: string };
type State = {
  readonly Type: string;
  readonly Resource?: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly End?: boolean;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly TimeoutSeconds?: number;
  readonly TimeoutSecondsPath?: string;
  readonly Parameters?: object;
  readonly Retry?: readonly (Handler & {
    readonly IntervalSeconds: number;
    readonly BackoffRate: number;
    readonly MaxAttempts: number;
    readonly MaxDelaySeconds?: number;
  })[];
  readonly Catch?: readonly Handler[];
};

const TEXT = readFileSync(new URL('../../workflow/grant.asl.json', import.meta.url), 'utf8');
const definition = JSON.parse(TEXT) as {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
};
const states = Object.entries(definition.States);
const tasks = states.filter(([, { Type }]) => Type === 'Task');

function nextOf(state: State): readonly string[] {
  const handlers = [
    ...(state.Choices ?? []),
    ...(state.Catch ?? []),
    state,
    { Next: state.Default },
  ];
  return handlers.flatMap(({ Next }) => Next ?? []);
}

describe('the workflow', () => {
  test('names no state that is not there, and has none that nothing leads to', () => {
    const named = [definition.StartAt, ...states.flatMap(([, state]) => nextOf(state))];
    expect(new Set(named)).toEqual(new Set(Object.keys(definition.States)));
  });

  test('comes to an end', () => {
    const ends = states.filter(([, { End, Type }]) => End === true || Type === 'Succeed');
    expect(ends.length).toBeGreaterThan(0);
    for (const [name, state] of states) {
      expect([name, nextOf(state).length > 0]).toEqual([name, state.End !== true]);
    }
  });

  test('reads of its input the grant’s id and the time until its end, and nothing else', () => {
    const paths = TEXT.match(/(?<!\$)\$\.[\w.]+/g) ?? [];
    expect(new Set(paths)).toEqual(new Set(['$.grantId', '$.secondsToEnd', '$.Payload.status']));
  });

  test('takes the grant from its input, never from what a step answered', () => {
    for (const [, state] of states.filter(([, { End }]) => End !== true)) {
      expect(state).toHaveProperty('ResultPath', null);
    }
  });
});

describe.each(tasks)('the task %s', (_, task) => {
  test('has a time-out', () => {
    expect(task.TimeoutSeconds ?? task.TimeoutSecondsPath).toBeDefined();
  });

  test('is tried again, ever more rarely', () => {
    expect(task.Retry?.length).toBeGreaterThan(0);
    for (const retry of task.Retry ?? []) {
      expect(retry.BackoffRate).toBeGreaterThan(1);
      expect(retry.IntervalSeconds).toBeGreaterThan(0);
      expect(retry.MaxDelaySeconds).toBeGreaterThan(0);
      expect(retry.MaxAttempts).toBeGreaterThanOrEqual(5);
    }
  });

  test('leads on whatever fails, or does not give up', () => {
    const caught = task.Catch?.some(({ ErrorEquals }) => ErrorEquals.includes('States.ALL'));
    const patient = task.Retry?.some(
      ({ ErrorEquals, MaxAttempts }) => ErrorEquals.includes('States.ALL') && MaxAttempts >= 100,
    );
    expect(caught === true || patient === true).toBe(true);
  });
});

test('waiting for the end is not tried again when it times out: that is the end', () => {
  const wait = definition.States['WaitForEnd'];
  expect(wait?.TimeoutSecondsPath).toBe('$.secondsToEnd');
  const retried = (wait?.Retry ?? []).flatMap(({ ErrorEquals }) => ErrorEquals);
  expect(retried).not.toContain('States.ALL');
  expect(retried).not.toContain('States.Timeout');
  expect(wait?.Next).toBe('MarkExpired');
});

test('nothing in it names credentials', () => {
  expect(TEXT).not.toMatch(/secret|accesskey|sessiontoken|credential|bearer|password|assumerole/i);
});
