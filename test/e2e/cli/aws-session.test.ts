import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { awsClaims } from '../../support/aws-claims.ts';
import { type Home, newHome } from '../../support/run-command.ts';
import { keysOfStandIn, type StsStandIn, stsStandIn } from '../../support/sts-stand-in.ts';
import { stack, tokenFor } from '../support.ts';
import { ARTIFACTS_ARGS, json } from './support.ts';

/** A team with nothing but IAM Identity Center: STS is a stand-in, and signs with the key of the local issuer. */

let sts: StsStandIn;
let token = '';
let home: Home;
beforeAll(async () => {
  sts = await stsStandIn(() => ({ token }));
});
afterAll(() => sts.close());
beforeEach(async () => {
  home = newHome();
  await home.run(['configure', stack().apiUrl]);
});
afterEach(() => home.remove());

/** The local issuer writes its own URL into `iss`, in place of AWS's. */
const tokenOf = (session: object) => {
  const { iss: _, ...claims } = awsClaims(session);
  return tokenFor('aws-people', claims);
};
const run = (...args: readonly string[]) => home.run(args, keysOfStandIn(sts.url));

describe('a person with an AWS session', () => {
  test('signs in, gets keys, and is who the identity store says', async () => {
    const user = randomUUID();
    token = await tokenOf({
      identity_store_user_id: user,
      principal_tags: { email: 'ana@acme.example' },
    });
    expect((await run('login', '--aws')).out).toBe('Signed in to default as ana@acme.example.\n');
    expect(json((await run('whoami', '--json')).out)).toMatchObject({
      ...{ type: 'User', id: `aws-people:${user}`, mfa: false },
    });
    const vended = await run('credential-process', ...ARTIFACTS_ARGS);
    expect({ code: vended.code, err: vended.err }).toEqual({ code: 0, err: '' });
    expect(json(vended.out)).toMatchObject({ Version: 1 });
    const [grant] = json<readonly object[]>((await run('status', '--json')).out);
    expect(grant).toMatchObject({ requester: { id: `aws-people:${user}` }, status: 'active' });
  });

  test('with another role is told why the broker does not accept it', async () => {
    token = await tokenOf({ principal_id: 'arn:aws:iam::111122223333:role/Administrator' });
    const { code, err } = await run('login', '--aws');
    expect(code).toBe(3);
    expect(err).toContain("its claim 'role' has a value that this broker does not accept");
  });
});
