import { expect, test } from '@jest/globals';
import { readPasted } from '../../../dashboard/engine/read-pasted.ts';

const ASKER = { issuer: 'people', subject: 'ana', groups: ['g'], mfa: true, sourceIp: '10.0.0.1' };
const NOW = '2026-11-23T10:00:00Z';
const REQUEST = { entitlement: 'read', durationSeconds: 60 };
const INPUTS = {
  principal: {
    ...{ type: 'User', id: 'people:bob', issuer: 'people', name: 'bob', groups: [], tags: {} },
  },
  facts: { now: NOW, durationSeconds: 60, sourceIp: '10.0.0.1', mfa: false },
};
const DECISION = {
  ...{ grantId: 'gr_1', at: NOW, entitlement: 'read', scope: null, inputs: INPUTS },
  decision: { outcome: 'approve', policies: ['p'], advice: [], bundle: 'sha256:x' },
};

const read = (value: unknown) =>
  readPasted(typeof value === 'string' ? value : JSON.stringify(value), ASKER, NOW);

test('the body of a request is asked by whom the page says', () => {
  expect(read(REQUEST)).toMatchObject({
    value: {
      kind: 'question',
      question: {
        principal: { issuer: 'people', subject: 'ana', groups: ['g'] },
        request: { entitlement: 'read', durationSeconds: 60 },
        context: { mfa: true, sourceIp: '10.0.0.1', now: Date.parse(NOW) },
      },
    },
  });
});

test.each([
  [
    'a case in YAML',
    `name: x\nprincipal: { issuer: people, subject: bob }\nrequest: ${JSON.stringify(REQUEST)}\ncontext: { mfa: false, sourceIp: 10.0.0.1, now: '${NOW}' }`,
  ],
  [
    'a list of cases',
    [
      {
        name: 'x',
        principal: { issuer: 'people', subject: 'bob' },
        request: REQUEST,
        context: { mfa: false, sourceIp: '10.0.0.1', now: NOW },
      },
    ],
  ],
])('%s says itself who asks', (_, value) => {
  expect(read(value)).toMatchObject({ value: { question: { principal: { subject: 'bob' } } } });
});

test.each([
  ['a recorded decision', DECISION, true],
  ['inputs with their entitlement', { ...INPUTS, entitlement: 'read' }, false],
  ['a page of decisions', { decisions: [DECISION], nextCursor: null }, true],
])('%s keeps its principal and its outcome', (_, value, recorded) => {
  expect(read(value)).toMatchObject({
    value: {
      kind: 'past',
      recorded,
      past: { principal: { id: 'people:bob' }, entitlement: 'read' },
    },
  });
});

test.each([
  ['nonsense', 'nonsense', 'line 1'],
  ['inputs of nothing', INPUTS, 'add "entitlement"'],
  ['an empty page', { decisions: [] }, 'grantId'],
  ['a mistyped request', { entitlement: 'read' }, 'durationSeconds'],
])('%s is refused with a sentence', (_, value, why) => {
  const answer = read(value);
  expect(answer.ok ? '' : answer.error.join()).toContain(why);
});
