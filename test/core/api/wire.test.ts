import { describe, expect, test } from '@jest/globals';
import { encodeCursor } from '../../../core/api/cursor.ts';
import {
  assessmentJson,
  callerJson,
  credentialsJson,
  decisionJson,
  detailsJson,
  discoveryJson,
  entitlementJson,
  eventJson,
  grantJson,
  principalJson,
  suspendedJson,
} from '../../../core/api/wire.ts';
import type { AuditEvent, RequestedEvent } from '../../../core/audit.ts';
import type { Assessment } from '../../../core/deciding/assess-request.ts';
import type { Grant } from '../../../core/grant.ts';
import type { Issuer } from '../../../core/issuer.ts';
import { entitlement, parameter } from '../../support/entitlements.ts';
import { ANA, NOW } from '../../support/memory-ports.ts';
import { activeGrant, EXTENSION, grantOf, requestedEvent } from '../../support/sample-grants.ts';

const AT = '2026-11-23T10:00:00.500Z';
const BO = { type: 'User', id: 'people:bo', name: 'bo@acme.example' } as const;
const ANA_JSON = { type: 'User', id: 'people:ana', name: 'ana@acme.example' };

describe('a grant', () => {
  test('is shown without what only the broker needs', () => {
    expect(grantJson(grantOf(ANA.principal, { createdAt: NOW, startsAt: NOW }))).toEqual({
      id: `gr_${'0'.repeat(20)}`,
      status: 'active',
      version: 1,
      requester: ANA_JSON,
      entitlement: 'read',
      parameters: { prefix: 'a' },
      scope: null,
      justification: 'a test',
      ticket: null,
      durationSeconds: 1800,
      createdAt: AT,
      startsAt: AT,
      expiresAt: '1970-01-01T00:30:00Z',
      endedAt: null,
      endReason: null,
      keysValidUntil: null,
      approvals: { required: 0, votes: [], escalated: false, lapsesAt: null },
      extension: null,
      review: null,
      decision: { outcome: 'allow', policies: [], advice: [], bundle: 'sha256:b' },
    });
  });

  test('is shown with its votes, its review and its end, and without marks', () => {
    const vote = {
      approver: BO,
      vote: 'deny',
      comment: 'no',
      at: NOW,
      marks: ['secret'],
      facts: null,
    } as const;
    const due: Grant['review'] = {
      ...{ status: 'due', dueAt: NOW, reminded: true, reviewer: null, comment: null, at: null },
    };
    const grant = grantOf(ANA.principal, {
      ...{ endedAt: NOW, endReason: 'x', keysValidUntil: NOW, review: due },
      approvals: {
        ...{ required: 2, refusals: 1, votes: [vote], escalated: true },
        ...{ remindAt: NOW, escalateAt: NOW, lapseAt: NOW },
      },
    });
    expect(grantJson(grant)).toMatchObject({
      ...{ endedAt: AT, endReason: 'x', keysValidUntil: AT },
      approvals: {
        required: 2,
        votes: [{ approver: BO, vote: 'deny', comment: 'no', at: AT }],
        escalated: true,
        lapsesAt: AT,
      },
      review: { status: 'due', dueAt: AT, reviewer: null, comment: null, at: null },
    });
    expect(JSON.stringify(grantJson(grant))).not.toMatch(/secret|marks|reminded|principalKey/);
    const done: Grant['review'] = { ...due, status: 'done', reviewer: BO, comment: 'ok', at: NOW };
    expect(grantJson({ ...grant, review: done })['review']).toEqual({
      ...{ status: 'done', dueAt: AT, reviewer: BO, comment: 'ok', at: AT },
    });
  });
});

test('an extension that waits for votes is shown without what only the broker needs', () => {
  const { extension } = grantJson(grantOf(ANA.principal, { extension: EXTENSION }));
  expect(extension).toEqual({
    ...{ durationSeconds: 1800, justification: 'longer', requestedAt: '2026-11-23T10:00:00.123Z' },
    approvals: {
      ...{ required: 1, votes: [], escalated: false },
      lapsesAt: '2026-11-23T10:15:00.123Z',
    },
    decision: EXTENSION.decision,
  });
});

test('details for approvers contain the session policy as an object, or none', () => {
  const history = { recentDenials: 1, firstUse: true };
  const details = { title: 'Read', risk: 'low', sessionPolicy: '{"Statement":[]}', history };
  expect(detailsJson(details)).toEqual({ ...details, sessionPolicy: { Statement: [] } });
  expect(detailsJson({ ...details, sessionPolicy: null })).toMatchObject({ sessionPolicy: null });
});

test('a principal is shown with its suspension and the grants that were ended', () => {
  const grant = grantOf(ANA.principal);
  const suspension = { at: NOW, by: BO, reason: 'left' };
  const next = { createdAt: grant.createdAt, id: grant.id };
  const done = { id: 'people:ana', suspension, next, ended: 60, finished: false, killing: [] };
  expect(principalJson({ ...done, grants: [grant] }, true)).toEqual({
    principal: { id: 'people:ana', suspended: { at: AT, by: BO, reason: 'left' } },
    ...{ known: true, ended: 60, finished: false },
    grants: [grantJson(grant)],
    nextCursor: encodeCursor(next),
  });
  const nothing = { ...done, suspension: null, next: null, ended: 0, finished: true };
  expect(principalJson({ ...nothing, grants: [] }, false)).toEqual({
    principal: { id: 'people:ana', suspended: null },
    ...{ known: false, ended: 0, finished: true, grants: [], nextCursor: null },
  });
});

test('a suspended principal is listed with who suspended it, when and why', () => {
  expect(suspendedJson({ principal: 'people:ana', at: NOW, by: BO, reason: 'left' })).toEqual({
    ...{ principal: 'people:ana', at: AT, by: BO, reason: 'left' },
  });
});

test('credentials are written with the time of their end', () => {
  const keys = { accessKeyId: 'A', secretAccessKey: 'S', sessionToken: 'T' };
  expect(credentialsJson({ ...keys, expiration: NOW })).toEqual({ ...keys, expiration: AT });
});

describe('an event', () => {
  test('is written with each of its times as RFC 3339, and everything else as it is', () => {
    const event = { id: 'ev_1', type: 'review-reminded', at: NOW, dueAt: NOW, actor: 'broker' };
    expect(eventJson(event as unknown as AuditEvent)).toEqual({ ...event, at: AT, dueAt: AT });
    const extended = { type: 'extended', at: NOW, expiresAt: NOW, killSeconds: 5 };
    expect(eventJson(extended as unknown as AuditEvent)).toEqual({
      ...extended,
      at: AT,
      expiresAt: AT,
    });
  });

  test('is written with what the engine saw, where it saw anything', () => {
    const grant = activeGrant();
    const event = requestedEvent(grant) as RequestedEvent;
    expect(eventJson(event)['inputs']).toEqual({
      principal: event.inputs.principal,
      facts: { ...event.inputs.facts, now: '2026-11-23T10:00:00.123Z' },
    });
    expect(decisionJson({ grant, event })).toEqual({
      grantId: grant.id,
      at: '2026-11-23T10:00:00.123Z',
      entitlement: 'artifacts-read',
      scope: null,
      decision: grant.decision,
      inputs: eventJson(event)['inputs'],
    });
  });
});

test('a caller is shown as the broker sees them', () => {
  const signedIn = { ...ANA, authentication: { mfa: true, signedInAt: NOW } };
  expect(callerJson(signedIn, ['team'], ['audit'])).toEqual({
    ...ANA_JSON,
    issuer: 'people',
    key: expect.stringMatching(/^ana-[0-9a-z]{16}$/),
    groups: ['people:readers'],
    tags: {},
    mfa: true,
    signedInAt: AT,
    claims: {},
    may: ['audit'],
    missingClaims: ['team'],
  });
  expect(callerJson(ANA, [], [])).toMatchObject({ mfa: false, signedInAt: null });
});

test('a dry run shows the session policy and its end, unless the request would be denied', () => {
  const assessed = (outcome: string) =>
    assessmentJson({
      decision: { outcome, policies: [], advice: [], bundle: 'b' },
      sessionPolicy: '{"Statement":[]}',
      expiresAt: NOW,
    } as unknown as Assessment);
  for (const outcome of ['allow', 'approve']) {
    expect(assessed(outcome)).toEqual({
      decision: { outcome, policies: [], advice: [], bundle: 'b' },
      sessionPolicy: { Statement: [] },
      expiresAt: AT,
    });
  }
  expect(assessed('deny')).toMatchObject({ sessionPolicy: null, expiresAt: null });
});

describe('an entitlement', () => {
  test('is shown with the outcome that a request would have, and no internals', () => {
    const shown = entitlementJson(entitlement({ labels: ['data'] }), 'approve');
    expect(shown).toEqual({
      id: 'e',
      title: 'E',
      description: null,
      risk: 'low',
      labels: ['data'],
      maxDurationSeconds: 3600,
      justification: 'optional',
      network: 'any',
      breakGlass: false,
      parameters: { type: 'object', properties: {}, required: [], additionalProperties: false },
      outcome: 'approve',
    });
    const described = entitlementJson(entitlement({ description: 'More' }), 'deny');
    expect(described).toMatchObject({ description: 'More', outcome: 'deny' });
  });

  test('describes its parameters as JSON Schema', () => {
    const description = 'A parameter';
    const parameters = {
      prefix: parameter('[a-z]+', 20),
      stage: { ...parameter('a|b'), values: ['a', 'b'] },
      dry: { ...parameter('true|false'), values: ['true', 'false'], boolean: true } as const,
    };
    expect(entitlementJson(entitlement({ parameters }), 'allow')['parameters']).toEqual({
      type: 'object',
      properties: {
        prefix: { type: 'string', description, pattern: '^(?:[a-z]+)$', maxLength: 20 },
        stage: { type: 'string', description, enum: ['a', 'b'] },
        dry: { type: 'boolean', description },
      },
      required: ['prefix', 'stage', 'dry'],
      additionalProperties: false,
    });
  });
});

describe('discovery', () => {
  const LOG = { origin: 'broker.example/log', vkey: 'broker.example/log+0+A' };
  const LEDGER = { ...LOG, witnesses: [] };
  const issuer = (id: string, changes: Partial<Issuer> = {}): Issuer => ({
    ...{ id, type: 'User', url: `https://${id}.acme.example`, audience: [`for-${id}`] },
    ...{ subject: ['sub'], name: 'email' },
    ...changes,
  });
  const urlOf = ({ id }: Issuer): string => `https://url-of/${id}`;

  test('names the first issuer that people can sign in with', () => {
    const issuers = [
      issuer('ci', { type: 'Workload', clientId: 'x' }),
      issuer('old'),
      issuer('people', { clientId: 'cli', scope: 'api://valetkey/use' }),
      issuer('more', { clientId: 'other' }),
    ];
    expect(discoveryJson(issuers, urlOf, LEDGER)).toEqual({
      apiVersion: 'v1',
      issuer: 'https://url-of/people',
      clientId: 'cli',
      scope: 'api://valetkey/use',
      audience: 'for-people',
      awsAudience: null,
      openapi: '/v1/openapi.json',
      ledger: LOG,
    });
  });

  test('names the witnesses of the log, if it has any', () => {
    const witnessed = { ...LOG, witnesses: ['witness.example/w1+0+B'] };
    expect(discoveryJson([], urlOf, witnessed)).toMatchObject({ ledger: witnessed });
  });

  test('has the audience of people who sign in with AWS sessions, for which there is no client', () => {
    const issuers = [issuer('ci', { type: 'Workload' }), issuer('aws-people')];
    expect(discoveryJson(issuers, urlOf, LEDGER)).toMatchObject({
      ...{ issuer: null, clientId: null, scope: null, audience: 'for-aws-people' },
    });
  });

  const aws = (id: string, changes: Partial<Issuer> = {}): Issuer =>
    issuer(id, { url: `https://${id}.tokens.sts.global.api.aws`, ...changes });

  test('has the audience of AWS sessions beside that of the issuer people sign in with', () => {
    const google = issuer('google', { clientId: 'cli' });
    expect(discoveryJson([google, aws('aws-people')], urlOf, LEDGER)).toMatchObject({
      ...{ clientId: 'cli', audience: 'for-google', awsAudience: 'for-aws-people' },
    });
    const workloads = aws('aws', { type: 'Workload' });
    expect(discoveryJson([google, workloads], urlOf, LEDGER)).toMatchObject({
      awsAudience: 'for-aws',
    });
    expect(discoveryJson([workloads, aws('aws-people')], urlOf, LEDGER)).toMatchObject({
      awsAudience: 'for-aws-people',
    });
  });

  test('takes no issuer for one of AWS whose name only looks like it', () => {
    const names = ['tokens.sts.global.api.aws.acme.example', 'xtokens.sts.global.api.aws'];
    const issuers = names.map((name) => issuer('x', { url: `https://${name}` }));
    expect(discoveryJson(issuers, urlOf, LEDGER)).toMatchObject({ awsAudience: null });
  });

  test('has only an audience where nobody can sign in', () => {
    expect(discoveryJson([issuer('ci', { type: 'Workload' })], urlOf, LEDGER)).toMatchObject({
      ...{ issuer: null, clientId: null, audience: 'for-ci' },
    });
    expect(discoveryJson([], urlOf, LEDGER)).toMatchObject({ audience: null });
  });
});
