import { expect, test } from '@jest/globals';
import { approverPolicies } from '../../../core/bundle/approver-policies.ts';
import { entitlementWith } from '../../second-opinion/entitlements.ts';

test('approvers may vote, and those of an escalation once it has happened', () => {
  const approval = {
    ...{ required: 1, approvers: ['people:ops', 'people:"leads"'], escalateTo: ['people:heads'] },
    ...{ refusals: 1, escalateAfterSeconds: 120, lapseAfterSeconds: 240, samePerson: [] },
  };
  const entitlement = { ...entitlementWith({}), id: 'read', approval };
  const head = (group: string) => ({
    principal: `ValetKey::Group::${group}`,
    actions: ['vote'],
    resource: 'ValetKey::Entitlement::read',
  });
  const permit = (group: string, when = '') =>
    `permit (principal in ValetKey::Group::${group}, action == ValetKey::Action::"vote", resource == ValetKey::Entitlement::"read")${when};`;
  const common = { effect: 'permit', advice: null };
  expect(approverPolicies(entitlement)).toEqual([
    {
      ...{ ...common, id: 'read.approvers.0', head: head('people:ops') },
      text: permit('"people:ops"'),
    },
    {
      ...{ ...common, id: 'read.approvers.1', head: head('people:"leads"') },
      text: permit('"people:\\"leads\\""'),
    },
    {
      ...{ ...common, id: 'read.escalateTo.0', head: head('people:heads') },
      text: permit('"people:heads"', ' when { context.escalated }'),
    },
  ]);
});

test('an entitlement without approval has no approvers', () => {
  expect(approverPolicies(entitlementWith({}))).toEqual([]);
});
