import { expect, test } from '@jest/globals';
import {
  mayHaveBeenDone,
  NoAnswer,
  Problem,
  SessionEnded,
} from '../../../dashboard/api/problem.ts';

const problem = (status: number) =>
  new Problem({ type: 'about:blank', title: 'No', status, detail: 'No.' }, null);

test('an order whose answer is lost, or that failed on the way, may have been carried out', () => {
  for (const lost of [new NoAnswer(), ...[500, 502, 503, 504].map(problem)]) {
    expect(mayHaveBeenDone(lost)).toBe(true);
  }
});

test('an order that was refused was not', () => {
  for (const refused of [...[400, 403, 404, 409, 422, 429].map(problem), new SessionEnded('')]) {
    expect(mayHaveBeenDone(refused)).toBe(false);
  }
});
