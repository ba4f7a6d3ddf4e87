import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Asker, type Surroundings } from '../../../../dashboard/views/request/asker.ts';

let seen = true;
let waiting: (() => void)[] = [];

const around: Surroundings = {
  now: () => Date.now(),
  after: (milliseconds, act) => {
    const timer = setTimeout(act, milliseconds);
    return () => clearTimeout(timer);
  },
  whenSeen: (act) => {
    if (seen) act();
    else waiting.push(act);
    return () => {
      waiting = [];
    };
  },
  quietAfter: (error) => (error === 'too many' ? 10 : null),
};

beforeEach(() => {
  jest.useFakeTimers();
  seen = true;
  waiting = [];
});
afterEach(() => {
  jest.useRealTimers();
});

const settle = () => jest.advanceTimersByTimeAsync(0);

test('only the last of what is typed is asked, after a pause', async () => {
  const asker = new Asker(around);
  const sent: string[] = [];
  const answers: string[] = [];
  for (const typed of ['a', 'ab', 'abc']) {
    asker.ask(
      async () => {
        sent.push(typed);
        return typed;
      },
      (answer) => answers.push(answer),
      () => undefined,
    );
    await jest.advanceTimersByTimeAsync(300);
  }
  await jest.advanceTimersByTimeAsync(100);
  expect(sent).toEqual(['abc']);
  expect(answers).toEqual(['abc']);
});

test('a question that is under way is cancelled by the next, and its answer is not shown', async () => {
  const asker = new Asker(around);
  const answers: string[] = [];
  const signals: AbortSignal[] = [];
  let answerLate: (text: string) => void = () => undefined;
  const ask = (answer: Promise<string>) =>
    asker.ask(
      (signal) => {
        signals.push(signal);
        return answer;
      },
      (text) => answers.push(text),
      () => undefined,
    );
  ask(
    new Promise((resolve) => {
      answerLate = resolve;
    }),
  );
  await jest.advanceTimersByTimeAsync(400);
  ask(Promise.resolve('second'));
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  answerLate('first');
  await jest.advanceTimersByTimeAsync(400);
  expect(answers).toEqual(['second']);
});

test('nothing is asked while nobody looks', async () => {
  const asker = new Asker(around);
  const send = jest.fn(async () => 'answer');
  seen = false;
  asker.ask(
    send,
    () => undefined,
    () => undefined,
  );
  await jest.advanceTimersByTimeAsync(5000);
  expect(send).not.toHaveBeenCalled();
  for (const act of waiting) act();
  await settle();
  expect(send).toHaveBeenCalledTimes(1);
});

test('after too many questions none is asked until the broker allows it, whatever is typed meanwhile', async () => {
  const asker = new Asker(around);
  const failed = jest.fn();
  const answered = jest.fn();
  const send = jest
    .fn<() => Promise<string>>()
    .mockRejectedValueOnce('too many')
    .mockResolvedValue('answer');
  asker.ask(send, answered, failed);
  await jest.advanceTimersByTimeAsync(400);
  expect(failed).toHaveBeenCalledWith('too many');
  asker.ask(send, answered, failed);
  await jest.advanceTimersByTimeAsync(9_900);
  expect(send).toHaveBeenCalledTimes(1);
  await jest.advanceTimersByTimeAsync(200);
  expect(answered).toHaveBeenCalledWith('answer');
});

test('what stands is not asked again where that would not help', async () => {
  const asker = new Asker(around);
  const send = jest.fn(async () => {
    throw new Error('bad request');
  });
  asker.ask(
    send,
    () => undefined,
    () => undefined,
  );
  await jest.advanceTimersByTimeAsync(60_000);
  expect(send).toHaveBeenCalledTimes(1);
});
