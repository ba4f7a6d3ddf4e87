import { describe, expect, test } from '@jest/globals';
import { CI_CLAIMS, call, tokenFor } from './support.ts';

/** Tokens from the right issuer, with claims that imitate those of acme/shop. */

const BODY = {
  entitlement: 'service-deploy',
  parameters: { service: 'shop' },
  durationSeconds: 900,
};

const vend = async (claims: object) =>
  call('POST', '/v1/credentials', await tokenFor('github', { ...CI_CLAIMS, ...claims }), BODY);

test('the real claims get keys', async () => {
  expect((await vend({})).status).toBe(200);
});

describe('no keys for', () => {
  test.each<[string, object, number]>([
    ['a fork of the same name', { repository_id: '2003' }, 403],
    ['an owner who registered the same name later', { repository_owner_id: '1002' }, 403],
    ['a subject that looks right', { repository_id: '2003', sub: CI_CLAIMS.sub }, 403],
    [
      'ids with a slash that together look like it',
      { repository_owner_id: '1001/2002', repository_id: '' },
      401,
    ],
    [
      'an owner id that contains both ids',
      { repository_owner_id: '1001%2F2002', repository_id: 'x' },
      403,
    ],
    ['ids with blanks', { repository_id: ' 2002' }, 403],
    ['an id in other digits', { repository_id: '２００２' }, 403],
    ['an id that is a list', { repository_id: ['2002'] }, 401],
    ['an id that is an object', { repository_id: { toString: '2002' } }, 401],
    ['no id', { repository_id: null }, 401],
    ['a pull request', { event_name: 'pull_request' }, 403],
    ['a pull request on the main branch', { event_name: 'pull_request_target' }, 403],
    ['a comment', { event_name: 'issue_comment' }, 403],
    ['a branch in a list', { ref: ['refs/heads/main'] }, 403],
    ['a branch in Cyrillic', { ref: 'refs/heads/mаin' }, 403],
    ['a branch with a line break', { ref: 'refs/heads/main\n' }, 403],
    ['another environment', { environment: 'Production' }, 403],
    ['protection that is a number', { ref_protected: 1 }, 403],
    ['no branch', { ref: null }, 403],
    ['no run', { run_id: null }, 403],
    ['an empty run', { run_id: '' }, 403],
  ])('%s', async (_, claims, status) => {
    const { status: answered, body } = await vend(claims);
    expect(answered).toBe(status);
    expect(body['credentials']).toBeUndefined();
    expect(String(body['detail']).length).toBeGreaterThan(20);
  });
});
