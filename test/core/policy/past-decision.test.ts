import { expect, test } from '@jest/globals';
import { readPastDecision } from '../../../core/policy/past-decision.ts';

const FACTS = {
  now: '2026-11-23T10:00:00Z',
  durationSeconds: 900,
  sourceIp: '10.0.0.1',
  mfa: true,
};
const PRINCIPAL = {
  type: 'User',
  id: 'people:ana',
  issuer: 'people',
  name: 'ana@acme.example',
  groups: [],
  tags: {},
};
const LINE = {
  grantId: 'gr_1',
  at: '2026-11-23T10:00:00Z',
  entitlement: 'read',
  decision: { outcome: 'allow', policies: ['read-is-fine'] },
  inputs: { principal: PRINCIPAL, facts: FACTS },
};

const withFacts = (facts: object) => ({
  ...LINE,
  inputs: { principal: PRINCIPAL, facts: { ...FACTS, ...facts } },
});

function mistake(value: unknown): string | null {
  const read = readPastDecision(typeof value === 'string' ? value : JSON.stringify(value));
  return read.ok ? null : read.error;
}

test('a decision has defaults for what the export may lack', () => {
  expect(readPastDecision(JSON.stringify({ ...LINE, later: 'ignored' }))).toStrictEqual({
    ok: true,
    value: {
      grantId: 'gr_1',
      at: LINE.at,
      entitlement: 'read',
      scope: null,
      decision: LINE.decision,
      principal: PRINCIPAL,
      facts: {
        now: Date.parse(FACTS.now),
        durationSeconds: 900,
        startsInSeconds: 0,
        sourceIp: '10.0.0.1',
        mfa: true,
        mfaAgeSeconds: null,
        ticket: null,
        justification: '',
        scoped: false,
        parameters: {},
        history: null,
      },
    },
  });
});

test.each<[unknown, string]>([
  ['no JSON', 'is not JSON'],
  ['7', 'the line: must be a mapping'],
  ['null', 'the line: must be a mapping'],
  [
    { decisions: [LINE], nextCursor: null },
    'is a page of JSON; export it with Accept: application/jsonl',
  ],
  [{ ...LINE, at: undefined }, 'at: is missing; it must be text'],
  [
    { ...LINE, decision: { outcome: 'maybe', policies: [] } },
    'decision.outcome: write one of: allow, approve, deny',
  ],
  [withFacts({ now: 'yesterday' }), 'inputs.facts.now: is not an RFC 3339 time'],
  [withFacts({ now: '2026-11-23' }), 'inputs.facts.now: is not an RFC 3339 time'],
  [withFacts({ sourceIp: 'home' }), 'inputs.facts.sourceIp: is not an IP address'],
  [withFacts({ mfa: 'yes' }), 'inputs.facts.mfa: must be true or false'],
])('%j is not a decision, and the error names the field', (value, message) => {
  expect(mistake(value)).toBe(message);
});
