import { expect, test } from '@jest/globals';
import type { Entitlement } from '../../../../dashboard/api/types.ts';
import { durationChoices } from '../../../../dashboard/views/request/durations.ts';
import { checkForm, EMPTY, entitlementOf } from '../../../../dashboard/views/request/form.ts';

const ENTITLEMENT: Entitlement = {
  id: 'artifacts-read',
  title: 'Read a prefix',
  description: null,
  risk: 'low',
  labels: [],
  maxDurationSeconds: 8 * 3600,
  justification: 'required',
  network: 'bind',
  breakGlass: false,
  parameters: {
    type: 'object',
    properties: {
      prefix: { type: 'string', pattern: '^(?:[a-z0-9/]+)$', maxLength: 8, description: 'Prefix' },
      table: { type: 'string', enum: ['orders', 'archive'] },
      force: { type: 'boolean' },
    },
  },
  outcome: 'allow',
};

const FORM = {
  ...EMPTY,
  entitlement: 'artifacts-read',
  parameters: { prefix: 'a/1', table: 'orders' },
  duration: '1h30m',
  justification: ' Roll back ',
};

function pointers(form: typeof FORM, entitlement = ENTITLEMENT): readonly string[] {
  const checked = checkForm(form, entitlement);
  return checked.ok ? [] : checked.mistakes.map(({ pointer }) => pointer);
}

test('a filled form is a request, without what was left empty', () => {
  expect(checkForm(FORM, ENTITLEMENT)).toEqual({
    ok: true,
    body: {
      entitlement: 'artifacts-read',
      parameters: { prefix: 'a/1', table: 'orders', force: 'false' },
      durationSeconds: 5400,
      justification: 'Roll back',
    },
  });
});

test('actions and resources are one a line, and narrow only where there are some', () => {
  const checked = checkForm({ ...FORM, actions: 's3:GetObject\n\n s3:ListBucket ' }, ENTITLEMENT);
  expect(checked).toMatchObject({
    body: { scope: { actions: ['s3:GetObject', 's3:ListBucket'] } },
  });
});

test.each([
  [{ parameters: { prefix: 'A', table: 'orders' } }, '/parameters/prefix'],
  [{ parameters: { prefix: '123456789', table: 'orders' } }, '/parameters/prefix'],
  [{ parameters: { prefix: 'a*', table: 'orders' } }, '/parameters/prefix'],
  [{ parameters: { prefix: 'a', table: 'users' } }, '/parameters/table'],
  [{ duration: 'soon' }, '/durationSeconds'],
  [{ duration: '9h' }, '/durationSeconds'],
  [{ justification: ' ' }, '/justification'],
  [{ startDate: '2026-11-28' }, '/startsAt'],
  [{ startDate: '2026-11-28', startTime: '99:99' }, '/startsAt'],
])('%j is a mistake at %s', (change, pointer) => {
  expect(pointers({ ...FORM, ...change } as typeof FORM)).toEqual([pointer]);
});

test('only an entitlement that wants a justification gets no request without one', () => {
  const optional = { ...ENTITLEMENT, justification: 'optional' as const };
  expect(pointers({ ...FORM, justification: '' }, optional)).toEqual([]);
});

test('break-glass needs its incident', () => {
  expect(pointers(FORM, { ...ENTITLEMENT, breakGlass: true })).toEqual(['/ticket']);
});

test('what is only empty is told apart from what is wrong', () => {
  const checked = checkForm(
    { ...EMPTY, entitlement: 'artifacts-read', duration: 'x' },
    ENTITLEMENT,
  );
  const missing = checked.ok ? [] : checked.mistakes.filter((mistake) => mistake.missing);
  expect(missing.map(({ pointer }) => pointer)).toEqual([
    ...['/parameters/prefix', '/parameters/table', '/justification'],
  ]);
});

test('an entitlement is meant by its id or its title', () => {
  const all = [{ ...ENTITLEMENT, id: 'other', title: 'artifacts-read' }, ENTITLEMENT];
  expect(entitlementOf('artifacts-read', all)?.id).toBe('artifacts-read');
  expect(entitlementOf(' read A prefix ', all)?.id).toBe('artifacts-read');
  expect(entitlementOf('artifacts', all)).toBeUndefined();
  expect(entitlementOf('', all)).toBeUndefined();
});

test('the durations to choose from never pass the longest', () => {
  expect(durationChoices(ENTITLEMENT)).toEqual([900, 1800, 3600, 7200, 28_800]);
  expect(durationChoices({ ...ENTITLEMENT, maxDurationSeconds: 900 })).toEqual([900]);
});
