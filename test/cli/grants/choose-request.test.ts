import { expect, test } from '@jest/globals';
import type { EntitlementInfo } from '../../../cli/broker/answers.ts';
import { choicesOf } from '../../../cli/grants/choose-request.ts';

const entitlement = (id: string, outcome: 'allow' | 'approve'): EntitlementInfo => ({
  id,
  title: `Title of ${id}`,
  description: null,
  risk: 'low',
  labels: [],
  maxDurationSeconds: 3600,
  justification: 'required',
  breakGlass: false,
  parameters: { properties: {} },
  outcome,
});

test('saved requests come before entitlements, and those that the broker does not offer are left out', () => {
  const all = [entitlement('artifacts-read', 'allow'), entitlement('database-admin', 'approve')];
  const release = { entitlement: 'artifacts-read', parameters: { prefix: 'a b' }, for: '30m' };
  const saved = [
    ['release', release],
    ['admin', { entitlement: 'database-admin' }],
    ['gone', { entitlement: 'gone' }],
  ] as const;
  expect(choicesOf(all, saved).map(({ shown }) => shown)).toEqual([
    { value: '@release', label: "@release  artifacts-read -p 'prefix=a b' --for 30m" },
    { value: '@admin', label: '@admin  database-admin', hint: 'needs approval' },
    { value: 'artifacts-read', label: 'artifacts-read  Title of artifacts-read' },
    {
      value: 'database-admin',
      label: 'database-admin  Title of database-admin',
      hint: 'needs approval',
    },
  ]);
  expect(choicesOf(all, saved)[0]).toMatchObject({ saved: release, entitlement: all[0] });
});
