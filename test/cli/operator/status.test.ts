import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { blocksOf, stepsOf } from '../../support/documentation.ts';
import { newHome } from '../../support/run-command.ts';
import type { FakeServer } from '../fake-server.ts';
import { FIGURES, type Operated, operatedBroker, refusal } from './fake-operated-broker.ts';

const home = newHome();
afterAll(() => home.remove());
let server: FakeServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});

async function status(state: Operated, ...more: readonly string[]) {
  server = await operatedBroker(state);
  const env = { VALETKEY_TOKEN: 'a-token', VALETKEY_BROKER: server.url };
  return home.run(['status', '--operator', ...more], env);
}

const MAY_NOT_AUDIT = 'You need permission to audit to read the figures.';
/** Retries come at once. */
const FAST = { 'retry-after': '0.01' };
const MAY_NOT_LIST = 'Policy does not let you list suspended principals.';

describe('status --operator', () => {
  test('shows the health of the broker in one screen', async () => {
    const { code, out } = await status({});
    expect(code).toBe(0);
    expect(out.replace(server?.url ?? '', 'URL').split('\n')).toEqual([
      'broker     URL  API v1, command 0.1.0',
      `bundle     ${FIGURES.bundle}`,
      'figures    until 2026-11-26T11:59:40.000Z (20 seconds ago)',
      'grants     12 active, 2 pending, 1 expiring soon',
      'today      40 allowed at once, 2 needed approval, 1 denied; 90 vends',
      'revoked in p50 420 ms, p95 1.9 s, max 3.1 s (41 since 2026-11-19)',
      'frozen     no role',
      'reviews    1 due, 0 overdue',
      'ledger     4711 entries, signed 1 minute ago',
      'suspended  1: people:2b9c',
      'signals    many-denials of ana@acme.example (people:7f3a), 4×, 2026-11-26T11:38:00.000Z (22 minutes ago)',
      '',
      '✓ Nothing needs a person.',
      '',
    ]);
  });

  test('prints what docs/operations.md shows', async () => {
    const { out } = await status({
      figures: { breakGlass: { used: 2, reviewsDue: 2, overdue: 1 } },
    });
    const printed = out.replace(server?.url ?? '', 'https://valetkey.acme.example').trim();
    const steps = blocksOf('docs/operations.md').flatMap(stepsOf);
    expect(steps.find(({ command }) => command === 'valetkey status --operator')?.output).toBe(
      printed,
    );
  });

  test.each<[string, Operated, RegExp, string]>([
    [
      'frozen role',
      { figures: { frozenRoles: ['arn:aws:iam::111122223333:role/valetkey/artifacts'] } },
      /✗ 1 role is frozen: arn:aws:iam::111122223333:role\/valetkey\/artifacts/,
      'kill-switch-cannot-be-written',
    ],
    [
      'overdue review',
      { figures: { breakGlass: { used: 1, reviewsDue: 2, overdue: 1 } } },
      /✗ 1 break-glass review is overdue/,
      'break-glass',
    ],
    [
      'figure that is behind',
      { figures: { at: '2026-11-26T11:40:00Z' } },
      /✗ The figures are 20 minutes behind/,
      'figures',
    ],
    [
      'ledger that is behind',
      { checkpointAge: 1200, grantAges: [600] },
      /✗ The newest checkpoint of the ledger is 20 minutes old, although/,
      'ledger',
    ],
    [
      'ledger without a checkpoint',
      { checkpointAge: null, grantAges: [600] },
      /✗ The ledger has no checkpoint/,
      'ledger',
    ],
  ])('ends with 1 and names the runbook for a %s', async (_, state, text, runbook) => {
    const { code, out } = await status(state);
    expect(code).toBe(1);
    expect(out).toMatch(text);
    expect(out).toContain(`\n  What to do: docs/runbooks/${runbook}.md\n`);
    expect(out).not.toContain('Nothing needs a person');
  });

  test('says that the list of what expires soon has an end', async () => {
    const expiringSoon = Array.from({ length: 20 }, () => FIGURES.expiringSoon[0]);
    const { out } = await status({ figures: { expiringSoon } });
    expect(out).toContain('12 active, 2 pending, 20 or more expiring soon');
  });

  test('is content with an old checkpoint where nothing happened since', async () => {
    const { code, out } = await status({ checkpointAge: 7200, grantAges: [7300] });
    expect(code).toBe(0);
    expect(out).toContain('4711 entries, signed 2 hours ago');
  });

  test('looks for events beyond a page of grants that are too new to tell', async () => {
    const { code, out } = await status({ checkpointAge: 1200, grantAges: [1, 250, 400, 5000] });
    expect(code).toBe(1);
    expect(out).toContain('although there were events at 2026-11-26T11:53:20Z and later.');
    const lists = server?.requests.filter(({ line }) => line === 'GET /v1/grants');
    expect(lists).toHaveLength(3);
  });

  test('is content where all that happened is new', async () => {
    const { code } = await status({ checkpointAge: 7200, grantAges: [1, 2, 7300] });
    expect(code).toBe(0);
  });

  test('asks for no grants where the checkpoint is new', async () => {
    await status({});
    expect(server?.requests.map(({ line }) => line)).not.toContain('GET /v1/grants');
  });

  test('prints one document for programs', async () => {
    const { code, out } = await status({ figures: { at: '2026-11-26T11:40:00Z' } }, '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({
      ok: false,
      at: '2026-11-26T12:00:00Z',
      broker: { url: server?.url, apiVersion: 'v1', bundle: FIGURES.bundle },
      command: '0.1.0',
      figures: { ...FIGURES, at: '2026-11-26T11:40:00Z' },
      ledger: { entries: 4711, signedAt: '2026-11-26T11:59:00Z' },
      suspended: [expect.objectContaining({ principal: 'people:2b9c' })],
      concerns: [
        {
          what: 'figures',
          detail: expect.stringContaining('20 minutes behind'),
          runbook: 'docs/runbooks/figures.md',
        },
      ],
      unread: [],
    });
  });

  test('names a quarantine first, with its runbook', async () => {
    const quarantine = {
      ...{
        cause: 'order',
        since: '2026-11-26T11:00:00Z',
        by: 'broker',
        reason: 'a token was stolen',
      },
      ...{ release: null, deployed: false },
    };
    const { code, out } = await status({
      instead: { '/v1/quarantine': { status: 200, body: { quarantine } } },
    });
    expect(code).toBe(1);
    expect(out).toContain('in quarantine since 2026-11-26T11:00:00Z');
    expect(out).toContain('docs/runbooks/quarantine.md');
  });

  test('tells an auditor how many are suspended, and that who is for administrators', async () => {
    const { code, out } = await status({
      instead: { '/v1/principals': refusal(403, MAY_NOT_LIST) },
    });
    expect(code).toBe(0);
    expect(out).toContain(`suspended  1; who: ${MAY_NOT_LIST}`);
  });

  const administrator = {
    instead: {
      '/v1/stats': refusal(403, MAY_NOT_AUDIT),
      '/v1/audit/checkpoints': refusal(403, 'You need permission to audit to read the log.'),
    },
  };

  test('does not say that all is well to who may not read it', async () => {
    const { code, out } = await status(administrator);
    expect(code).toBe(4);
    expect(out).toContain(`figures    not shown: ${MAY_NOT_AUDIT}`);
    expect(out).toContain('ledger     not shown: You need permission to audit to read the log.');
    expect(out).toContain('suspended  people:2b9c');
    expect(out).toContain('! What was not read may need a person: ask somebody who may audit.');
    expect(out).not.toContain('Nothing needs a person');
  });

  test('tells programs what was not read', async () => {
    const { code, out } = await status(administrator, '--json');
    expect(code).toBe(4);
    expect(JSON.parse(out)).toMatchObject({
      ...{ ok: false, figures: null, ledger: null, concerns: [] },
      unread: [
        { what: 'figures', why: MAY_NOT_AUDIT },
        { what: 'ledger', why: 'You need permission to audit to read the log.' },
      ],
    });
  });

  test('shows the rest where the broker does not answer for a part', async () => {
    const { code, out } = await status({
      instead: { '/v1/stats': { ...refusal(503, 'The store is down.'), headers: FAST } },
    });
    expect(code).toBe(1);
    expect(out).toContain('ledger     4711 entries');
    expect(out).toContain('✗ The broker does not answer for the figures: The store is down.');
    expect(out).toContain('  What to do: docs/runbooks/broker-is-down.md');
  });

  test('refuses figures that cannot be read', async () => {
    const { code, out, err } = await status({ figures: { at: 'soon' } });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('an answer that this version of valetkey cannot read');
  });

  test.each([
    ['does not answer', refusal(503, 'x'), 5, 'What to do: docs/runbooks/broker-is-down.md'],
    ['is none', { status: 404, body: {} }, 1, 'is not a Valet Key broker (it answered 404)'],
    [
      'is newer',
      { body: { apiVersion: 'v2', issuer: null, clientId: null, audience: null } },
      1,
      'API version v2, but this command supports only v1',
    ],
  ])('says so where the broker %s', async (_, discovery, exit, text) => {
    const { code, out, err } = await status({ instead: { '/.well-known/valetkey': discovery } });
    expect({ code, out }).toEqual({ code: exit, out: '' });
    expect(err).toContain(text);
  });

  test('cannot be asked of a grant', async () => {
    const { code, err } = await status({}, 'gr_7k2m');
    expect(code).toBe(2);
    expect(err).toContain('--operator shows the whole broker, and not gr_7k2m.');
    expect(server?.requests).toEqual([]);
  });
});
