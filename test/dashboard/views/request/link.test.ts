import { expect, test } from '@jest/globals';
import { EMPTY } from '../../../../dashboard/views/request/form.ts';
import { formOf, linkToForm, startOf } from '../../../../dashboard/views/request/link.ts';

const FORM = {
  entitlement: 'artifacts-read',
  parameters: { prefix: 'releases/1 & more' },
  duration: '30m',
  justification: 'Roll back #4711',
  ticket: 'OPS-4711',
  startDate: '2026-11-28',
  startTime: '02:30',
  actions: 's3:GetObject\ns3:ListBucket',
  resources: 'arn:aws:s3:::acme-artifacts',
};

test('a link to the form fills it as it was', () => {
  const [place, query = ''] = linkToForm(FORM, 'artifacts-read').split('?', 2);
  expect(place).toBe('#/request');
  expect(formOf(new URLSearchParams(query))).toEqual(FORM);
});

test('a link names only what is filled in', () => {
  expect(linkToForm(EMPTY, '')).toBe('#/request');
  expect(linkToForm({ ...EMPTY, duration: '30m' }, 'orders-read')).toBe(
    '#/request?entitlement=orders-read&duration=30m',
  );
});

test('a start that is none is left out', () => {
  expect(formOf(new URLSearchParams('startsAt=soon'))).toEqual(EMPTY);
});

test('only names that a parameter can have are taken', () => {
  const query = new URLSearchParams('param.prefix=a&param.__proto__=b&param.=c&param.Other=d');
  expect(formOf(query).parameters).toEqual({ prefix: 'a' });
});

test('what was typed over a link is kept, and another link begins anew', () => {
  const draft = { from: 'entitlement=a', form: { ...EMPTY, entitlement: 'a', ticket: 'T' } };
  expect(startOf(new URLSearchParams('entitlement=a'), draft)).toEqual(draft.form);
  expect(startOf(new URLSearchParams(), draft)).toEqual(draft.form);
  expect(startOf(new URLSearchParams('entitlement=b'), draft)).toEqual({
    ...EMPTY,
    entitlement: 'b',
  });
  expect(startOf(new URLSearchParams(), null)).toEqual(EMPTY);
});
