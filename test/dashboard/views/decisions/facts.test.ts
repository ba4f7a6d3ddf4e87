import { factsOf } from '../../../../dashboard/views/decisions/facts.ts';
import { DECISIONS_CSV, DECISIONS_LINES } from '../../../../dashboard/views/decisions/files.ts';
import { parseCsv } from '../../../support/parse-csv.ts';

const inputs = {
  principal: { id: 'people:ana', name: '+ana', groups: ['a', 'b'], tags: {} },
  facts: { mfa: false, ticket: null, parameters: { prefix: 'x' }, odd: [{ a: 1 }] },
};
const decision = { outcome: 'deny' as const, policies: ['p', 'q'], advice: [], bundle: 'sha256:1' };
const recorded = {
  ...{ grantId: 'gr_1', at: '2026-11-27T00:00:00.000Z', entitlement: 'read', scope: null },
  ...{ decision, inputs },
};

test('every fact is named by its place, also one of a shape that nobody knows yet', () => {
  expect(factsOf(inputs).map(({ name, value }) => `${name} = ${value}`)).toEqual([
    'principal.id = people:ana',
    'principal.name = +ana',
    'principal.groups = a, b',
    'principal.tags = none',
    'facts.mfa = no',
    'facts.ticket = not known',
    'facts.parameters.prefix = x',
    'facts.odd = [{"a":1}]',
  ]);
});

test('the files have all of a decision', () => {
  const page = { decisions: [recorded], nextCursor: null };
  const [head, record] = parseCsv(DECISIONS_CSV.head + DECISIONS_CSV.linesOf(page).join(''));
  const cell = (name: string) => record?.[head?.indexOf(name) ?? -1];
  expect(cell('policies')).toBe('p q');
  expect(cell('principal')).toBe('people:ana');
  expect(cell('name')).toBe("'+ana");
  expect(JSON.parse(cell('inputs') ?? '')).toEqual(inputs);
  const [line = '', ...others] = DECISIONS_LINES.linesOf(page);
  expect(others).toEqual([]);
  expect(line.endsWith('}\n')).toBe(true);
  expect(JSON.parse(line)).toEqual(recorded);
});
