import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { nextStep, stepAfter } from '../../core/lifecycle/next-step.ts';
import { activeGrant, NOW } from '../support/sample-grants.ts';

type Handler = { readonly ErrorEquals: readonly string[]; readonly Next?: string };
type State = {
  readonly Type: string;
  readonly Resource?: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly End?: boolean;
  readonly Choices?: readonly { readonly Next: string; readonly StringEquals?: string }[];
  readonly SecondsPath?: string;
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
  test('names only states that exist, and every state is reachable', () => {
    const named = [definition.StartAt, ...states.flatMap(([, state]) => nextOf(state))];
    expect(new Set(named)).toEqual(new Set(Object.keys(definition.States)));
  });

  test('ends: every state leads on or is a final one', () => {
    const ends = states.filter(([, { End, Type }]) => End === true || Type === 'Succeed');
    expect(ends.length).toBeGreaterThan(0);
    for (const [name, state] of states) {
      const leadsOn = state.Next !== undefined || state.Choices !== undefined;
      const final = state.End === true || ['Succeed', 'Fail'].includes(state.Type);
      expect([name, leadsOn]).toEqual([name, !final]);
    }
  });

  test('reads only the fields of a step', () => {
    const paths = TEXT.match(/(?<!\$)\$\.[\w.]+/g) ?? [];
    const fields = [...Object.keys(nextStep(activeGrant(), NOW)), 'Payload'];
    expect(new Set(paths)).toEqual(new Set(fields.map((field) => `$.${field}`)));
  });

  test('knows every phase that a grant can be in', () => {
    const grant = activeGrant();
    const steps = [
      { ...grant, status: 'pending' as const, approvals: { ...grant.approvals, lapseAt: NOW } },
      { ...grant, status: 'scheduled' as const },
      grant,
      { ...grant, status: 'revoking' as const },
      { ...grant, status: 'revoked' as const, kill: { roles: [], at: NOW, until: NOW } },
      { ...grant, status: 'expired' as const },
    ].map((version) => nextStep(version, NOW).phase);
    steps.push(nextStep({ ...grant, expiresAt: 0 }, NOW, true).phase);
    const known = definition.States['WhereNext']?.Choices?.flatMap(
      ({ StringEquals }) => StringEquals ?? [],
    );
    expect(new Set(steps)).toEqual(new Set(known));
    expect(steps).toHaveLength(7);
  });
});

describe.each(tasks)('the task %s', (_, task) => {
  test('has a time-out', () => {
    expect(task.TimeoutSeconds ?? task.TimeoutSecondsPath).toBeDefined();
  });

  test('is retried, with growing intervals', () => {
    const retries = (task.Retry ?? []).filter(({ ErrorEquals }) => ErrorEquals[0] !== 'MoreToDo');
    expect(retries.length).toBeGreaterThan(0);
    for (const retry of retries) {
      expect(retry.BackoffRate).toBeGreaterThan(1);
      expect(retry.IntervalSeconds).toBeGreaterThan(0);
      expect(retry.MaxDelaySeconds).toBeGreaterThan(0);
      expect(retry.MaxAttempts).toBeGreaterThanOrEqual(5);
    }
  });

  test('leads on if all retries fail', () => {
    expect(task.Catch?.some(({ ErrorEquals }) => ErrorEquals.includes('States.ALL'))).toBe(true);
  });
});

const waits = tasks.filter(([, { Resource }]) => Resource?.endsWith('.waitForTaskToken'));

describe.each(waits)('the wait %s', (_, wait) => {
  test('ends at the time of its step, and a time-out is not retried', () => {
    expect(wait.TimeoutSecondsPath).toBe('$.seconds');
    const retried = (wait.Retry ?? []).flatMap(({ ErrorEquals }) => ErrorEquals);
    expect(retried).not.toContain('States.ALL');
    expect(retried).not.toContain('States.Timeout');
  });

  test('begins only if the grant has not changed since it was read', () => {
    expect(JSON.stringify(wait.Parameters)).toContain('"ConditionExpression":"version = :version"');
  });
});

describe('a wait that cannot begin', () => {
  test.each(waits)('%s: pauses before the broker looks again', (_, wait) => {
    const handlers = wait.Catch?.map(({ ErrorEquals, Next }) => [ErrorEquals[0], Next]) ?? [];
    expect(Object.fromEntries(handlers)['States.ALL']).toBe('Pause');
    expect(definition.States['Pause']).toMatchObject({
      Type: 'Wait',
      SecondsPath: '$.pause',
      Next: 'LookAgain',
    });
  });

  test('is given to the sweep after an hour, long before the history of its execution is full', () => {
    const [limit] = definition.States['WhereNext']?.Choices ?? [];
    expect(limit).toMatchObject({
      And: [
        { Variable: '$.again', IsPresent: true },
        { Variable: '$.again', NumericGreaterThanEquals: 20 },
      ],
      Next: 'GaveUp',
    });
    let step = nextStep(activeGrant(), NOW);
    let seconds = 0;
    for (; step.again < 20; step = stepAfter(step, step)) seconds += step.pause;
    expect(seconds).toBeGreaterThan(1800);
    expect(seconds).toBeLessThan(3600);
    // Entering, leaving and, per attempt, the three events of a task that fails.
    const events = ([, { Retry = [] }]: (typeof states)[number]): number =>
      2 + 3 * Retry.reduce((sum, { MaxAttempts }) => sum + 1 + MaxAttempts, 0);
    const longest = Math.max(...states.map(events));
    expect(longest * step.again).toBeLessThan(25_000);
  });

  test('every Lambda is given the step that led to it, so that it can count', () => {
    const lambdas = tasks.filter(([, { Resource }]) => Resource?.endsWith('lambda:invoke'));
    expect(lambdas).toHaveLength(4);
    for (const [, { Parameters }] of lambdas) {
      expect(Parameters).toMatchObject({ Payload: { 'step.$': '$' } });
    }
  });
});

test('there are three waits', () => {
  expect(waits.map(([name]) => name)).toEqual(['AwaitVotes', 'AwaitStart', 'AwaitEnd']);
});

test('the definition does not mention credentials', () => {
  expect(TEXT).not.toMatch(/secret|accesskey|sessiontoken|credential|bearer|password|assumerole/i);
});
