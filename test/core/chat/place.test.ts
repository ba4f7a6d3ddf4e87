import { describe, expect, test } from '@jest/globals';
import { placeKey, placesOf } from '../../../core/chat/place.ts';
import { chatSchema } from '../../../core/config/chat-schema.ts';
import { exampleBundle } from '../../support/bundles.ts';
import { activeGrant } from '../../support/sample-grants.ts';

const bundle = exampleBundle();
const withApprovers = Object.values(bundle.entitlements).find(({ approval }) => approval);
const { id, approval } = withApprovers ?? { id: '', approval: undefined };
const [group = ''] = approval?.approvers ?? [];

const slack = (...routes: object[]) =>
  chatSchema.parse({ slack: { botToken: '/valetkey/slack/token', routes } });
const keysOf = (
  config: ReturnType<typeof slack>,
  entitlement = id,
  posted: readonly string[] = [],
) => placesOf(activeGrant({ entitlement }), config, bundle, posted).map(placeKey);

describe('a request is told of', () => {
  test.each([
    ['*', true],
    [id, true],
    [`${id.slice(0, 3)}*`, true],
    [`*${id.slice(-3)}`, true],
    [`${id.slice(0, 2)}*${id.slice(-2)}`, true],
    [`${id}*`, true],
    [`*${id}x`, false],
    [id.slice(1), false],
    [`${id}*${id}`, false],
  ])('in channels of its entitlement: %s', (pattern, told) => {
    expect(keysOf(slack({ channel: 'C0ONE', entitlements: [pattern] }))).toEqual(
      told ? ['slack#C0ONE'] : [],
    );
  });

  test('in channels of the groups that vote on it', () => {
    const routes = [
      { channel: 'C0ONE', approvers: [group] },
      { channel: 'C0TWO', approvers: ['people:strangers'] },
    ];
    expect(keysOf(slack(...routes))).toEqual(['slack#C0ONE']);
    expect(keysOf(slack(...routes), 'removed')).toEqual([]);
  });

  test('further in a place that has a message already', () => {
    const routes = [{ channel: 'C0ONE', approvers: [group] }, { channel: 'C0TWO' }];
    expect(keysOf(slack(...routes), 'removed', ['slack#C0ONE'])).toEqual([
      'slack#C0ONE',
      'slack#C0TWO',
    ]);
  });

  test('in Teams', () => {
    const config = chatSchema.parse({ teams: { routes: [{ webhook: '/valetkey/teams/ops' }] } });
    expect(keysOf(config)).toEqual(['teams#/valetkey/teams/ops']);
  });
});

describe('its requester is told', () => {
  const config = chatSchema.parse({ slack: { botToken: '/t', requesters: true } });
  const of = (name: string, type: 'User' | 'Workload' = 'User') => {
    const requester = { type, id: 'people:1', name };
    return placesOf(activeGrant({ requester }), config, bundle, []);
  };

  test('by the name, where it is an e-mail address', () => {
    expect(of('ana@acme.example')).toEqual([{ kind: 'requester', email: 'ana@acme.example' }]);
    expect(of('Ana')).toEqual([]);
    expect(of('a@b, <c@d>')).toEqual([]);
  });

  test('unless it is a job', () => {
    expect(of('job@acme.example', 'Workload')).toEqual([]);
  });
});
