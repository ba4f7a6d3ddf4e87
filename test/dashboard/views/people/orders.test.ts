import { principalFromPath } from '../../../../core/principal-path.ts';
import type { Grant, PrincipalState } from '../../../../dashboard/api/types.ts';
import { didDo, inNumbers, orderPath } from '../../../../dashboard/views/people/orders.ts';

const state = (changes: Partial<PrincipalState>): PrincipalState => ({
  principal: { id: 'people:ana', suspended: null },
  ...{ known: true, ended: 0, finished: true, grants: [], nextCursor: null },
  ...changes,
});

test.each(['people:ana', 'github:1/2', 'people:50%?#é/../x', 'people:a b+c'])(
  'the path of an order names %s, however often it is decoded',
  (id) => {
    const part = orderPath('suspend', id).split('/')[3] ?? '';
    expect(principalFromPath(decodeURIComponent(part))).toBe(id);
    expect(principalFromPath(decodeURIComponent(decodeURIComponent(part)))).toBe(id);
  },
);

test('an order says how much it ended, and that the rest follows', () => {
  expect(didDo('suspend', state({ ended: 1 }))).toEqual({
    ...{ kind: 'success', text: 'people:ana is suspended. 1 grant was ended.' },
  });
  expect(didDo('revoke', state({ ended: 200, finished: false })).text).toMatch(/200 grants.*rest/);
  expect(didDo('resume', state({})).text).toBe('people:ana may request again.');
});

test('an id that nobody ever used is said plainly', () => {
  const said = didDo('suspend', state({ known: false }));
  expect(said.kind).toBe('warning');
  expect(said.text).toContain('never asked for anything: check the id');
});

test('what an order ends is counted by status', () => {
  const grants = (['active', 'active', 'pending'] as const).map((status) => ({ status }) as Grant);
  expect(inNumbers(grants, false)).toBe('3 grants (2 active, 1 pending)');
  expect(inNumbers(grants, true)).toBe('more than 3 grants (2 active, 1 pending)');
  expect(inNumbers([], false)).toContain('nothing');
});
