import { describe, expect, test } from '@jest/globals';
import { judgeRequest } from '../../core/deciding/assess-request.ts';
import { NO_PAST } from '../../core/deciding/past.ts';
import { benchFor } from '../../core/policy/run-cases.ts';
import { sourcesOf } from '../core/policy/test-bench.ts';
import { awsClaims, PERMISSION_SET, PERSON } from '../support/aws-claims.ts';
import { language } from '../support/bundles.ts';
import { filesOf, preset, signed, verifierOf } from '../support/presets.ts';

/** Tokens of AWS identities, in the documented shapes, and what the preset makes of them. */

const sources = sourcesOf(filesOf(preset('aws')));
const bench = benchFor(sources.bundle, language.engineFor);
const verify = verifierOf(sources.issuers.value);

const present = async (session: object, claims: object = {}) =>
  verify(await signed({ ...awsClaims(session), aud: 'valetkey', ...claims }));

const role = (name: string) => `arn:aws:iam::111122223333:role/${name}`;
/** A session of a role that no person has. */
const workload = (name: string, session: object = {}) => ({
  principal_id: role(name),
  identity_store_user_id: undefined,
  ...session,
});

const FUNCTION = {
  lambda_source_function_arn: 'arn:aws:lambda:eu-central-1:111122223333:function:export',
};
const INSTANCE = {
  ec2_source_instance_arn: 'arn:aws:ec2:eu-central-1:111122223333:instance/i-0123456789abcdef0',
  ec2_instance_source_vpc: 'vpc-0123456789abcdef0',
  ec2_instance_source_private_ipv4: '10.0.1.25',
  ec2_role_delivery: '2.0',
};
const POD = {
  'eks-cluster-arn': 'arn:aws:eks:eu-central-1:111122223333:cluster/shop',
  'eks-cluster-name': 'shop',
  'kubernetes-namespace': 'exports',
  'kubernetes-service-account': 'exporter',
  'kubernetes-pod-name': 'export-0',
  'kubernetes-pod-uid': '0d64402f-5c87-469c-b441-8bd332b1bd07',
};

describe('a token of AWS is', () => {
  test.each<[string, object, object]>([
    [
      'a person, by the id in the identity store',
      { principal_tags: { email: 'ana@acme.example' } },
      {
        type: 'User',
        id: `aws-people:${PERSON}`,
        name: 'ana@acme.example',
        tags: { role: PERMISSION_SET },
      },
    ],
    [
      'a person without a name, who is shown by the id',
      {},
      { id: `aws-people:${PERSON}`, name: `aws-people:${PERSON}` },
    ],
    ['a role', workload('reports'), { type: 'Workload', id: `aws:${role('reports')}` }],
    [
      'a role, also where the session acts for a person',
      { ...workload('reports'), identity_store_user_id: PERSON },
      { type: 'Workload', id: `aws:${role('reports')}` },
    ],
    [
      'a function',
      workload('export-function', FUNCTION),
      {
        id: `aws:${role('export-function')}`,
        tags: { function: FUNCTION.lambda_source_function_arn },
      },
    ],
    [
      'an instance',
      workload('export-host', INSTANCE),
      { tags: { instance: INSTANCE.ec2_source_instance_arn, delivery: '2.0' } },
    ],
    [
      'a pod',
      workload('export-pod', { principal_tags: POD }),
      { tags: { cluster: POD['eks-cluster-arn'], namespace: 'exports', account: 'exporter' } },
    ],
  ])('%s', async (_, session, principal) => {
    expect(await present(session)).toMatchObject({ ok: true, value: { principal } });
  });

  test.each<[string, object, object?]>([
    ['another permission set', { principal_id: PERMISSION_SET.replace('ValetKey', 'Billing') }],
    [
      'a permission set of another account',
      { principal_id: PERMISSION_SET.replace('1111', '9999') },
    ],
    ['a role that is not listed', workload('other')],
    ['a role whose name only begins like a listed one', workload('reports-2')],
    ['an IAM user', workload('', { principal_id: 'arn:aws:iam::111122223333:user/ana' })],
    ['the root user', workload('', { principal_id: 'arn:aws:iam::111122223333:root' })],
    ['no principal', workload('', { principal_id: undefined })],
    ['the permission set, but of no person', { identity_store_user_id: undefined }],
    ['several persons', { identity_store_user_id: [PERSON, 'x'] }],
    [
      'a person in the tags that the caller chose',
      { identity_store_user_id: undefined, request_tags: { identity_store_user_id: PERSON } },
    ],
    [
      'a role only in the subject',
      workload('', { principal_id: undefined }),
      { sub: role('reports') },
    ],
    ['claims that are no object', {}, { 'https://sts.amazonaws.com/': 'arn' }],
    [
      'claims beside the object',
      {},
      { 'https://sts.amazonaws.com/': undefined, principal_id: PERMISSION_SET },
    ],
  ])('refused where it has %s', async (_, session, claims = {}) => {
    expect(await present(session, claims)).toMatchObject({
      ok: false,
      error: { code: 'token-refused' },
    });
  });
});

describe('the subject, which the caller chooses with SubjectMode, makes nobody else', () => {
  test.each(['ana@acme.example', PERSON, role('reports')])('%s', async (sub) => {
    const claims = { sub, subject_mode: 'OriginIdentity', scope: 'admin' };
    expect(await present(workload('export-host', INSTANCE), claims)).toMatchObject({
      value: { principal: { type: 'Workload', id: `aws:${role('export-host')}` } },
    });
  });
});

describe('a token of AWS gets', () => {
  const outcome = async (entitlement: string, session: object) => {
    const caller = await present(session);
    if (!caller.ok) return 'refused';
    const parameters = entitlement.endsWith('read') ? { prefix: 'releases/1' } : {};
    const request = { entitlement, parameters, scope: null, durationSeconds: 900, startsAt: null };
    const asked = judgeRequest(
      { ...bench, clock: () => Date.now() },
      { caller: caller.value, sourceIp: '192.0.2.10' },
      { ...request, justification: 'test', ticket: null },
      NO_PAST,
    );
    return asked.ok ? asked.value.decision.outcome : JSON.stringify(asked.error);
  };

  test.each<[string, string, object, string]>([
    ['what its permission set may', 'artifacts-read', {}, 'allow'],
    ['what its role may', 'aws-role-read', workload('reports'), 'allow'],
    ['what its function may', 'aws-lambda-export', workload('export-function', FUNCTION), 'allow'],
    [
      'nothing of another function with the same role',
      'aws-lambda-export',
      workload('export-function', {
        lambda_source_function_arn: `${FUNCTION.lambda_source_function_arn}-2`,
      }),
      'deny',
    ],
    [
      'nothing of the function outside it',
      'aws-lambda-export',
      workload('export-function'),
      'deny',
    ],
    [
      'nothing for tags that the caller chose',
      'aws-lambda-export',
      workload('export-function', { request_tags: FUNCTION }),
      'deny',
    ],
    ['what an instance may', 'aws-ec2-export', workload('export-host', INSTANCE), 'allow'],
    [
      'nothing with keys of IMDSv1',
      'aws-ec2-export',
      workload('export-host', { ...INSTANCE, ec2_role_delivery: '1.0' }),
      'deny',
    ],
    ['what a pod may', 'aws-eks-export', workload('export-pod', { principal_tags: POD }), 'allow'],
    [
      'nothing as a pod of another namespace',
      'aws-eks-export',
      workload('export-pod', { principal_tags: { ...POD, 'kubernetes-namespace': 'x' } }),
      'deny',
    ],
    [
      'nothing as a person whose role can be assumed by others',
      'artifacts-read',
      workload('reports', { identity_store_user_id: PERSON }),
      'deny',
    ],
  ])('%s', async (_, entitlement, session, expected) => {
    expect(await outcome(entitlement, session)).toBe(expected);
  });
});
