import { periodOf } from '../../../../dashboard/views/overview/period.ts';
import { inShort, linePoints, roundUp } from '../../../../dashboard/views/overview/scale.ts';

const NOW = Date.parse('2026-11-27T23:59:00Z');
const period = (query: string) => periodOf(new URLSearchParams(query), NOW);

test('the last seven days are shown, today among them', () => {
  expect(period('')).toEqual({ from: '2026-11-21', to: '2026-11-27', days: 7 });
  expect(period('days=30')).toEqual({ from: '2026-10-29', to: '2026-11-27', days: 30 });
});

test('any two days can be chosen; what is no day, or ends before it begins, is as if not given', () => {
  const chosen = { from: '2026-11-01', to: '2026-11-01', days: null };
  expect(period('from=2026-11-01&to=2026-11-01')).toEqual(chosen);
  for (const query of [
    'from=2026-02-30&to=2026-11-01',
    'from=2026-11-02&to=2026-11-01',
    'days=8',
  ]) {
    expect(period(query).days).toBe(7);
  }
});

test.each([
  [0, 2],
  [1, 2],
  [2, 2],
  [3, 4],
  [7, 8],
  [10, 10],
  [11, 20],
  [99, 100],
  [895, 1000],
])('an axis for %d goes up to %d', (greatest, top) => {
  expect(roundUp(greatest)).toBe(top);
  expect(top / 2).toBe(Math.floor(top / 2));
});

test('times are written shortly', () => {
  const times = [0, 588, 1951, 12_400, 252_000, 3_600_000, 5_400_000];
  expect(times.map(inShort)).toEqual(['0 ms', '588 ms', '2.0 s', '12 s', '4m12s', '1h', '1h30m']);
});

test('a line goes from edge to edge; a single day, or none, is no error', () => {
  expect(linePoints([0, 2, 1], 100, 20)).toBe('0.0,19.0 50.0,1.0 100.0,10.0');
  expect(linePoints([5], 100, 20)).toBe('0.0,1.0');
  expect(linePoints([], 100, 20)).toBe('');
});
