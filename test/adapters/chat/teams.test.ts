import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { teamsChannel } from '../../../adapters/chat/teams.ts';
import { describeGrant } from '../../../core/chat/describe-grant.ts';
import { ok } from '../../../core/result.ts';
import { type ChatStandIns, startChats } from '../../support/chat-stand-ins.ts';
import { activeGrant } from '../../support/sample-grants.ts';

const ANNOUNCED = describeGrant(
  activeGrant({ justification: '[click](http://evil)' }),
  { title: 'Read the artifacts', risk: 'low' },
  'approvers',
  'https://valetkey.acme.example',
);

let chats: ChatStandIns;
let url = '';
const forgotten: string[] = [];
const secrets = {
  read: async () => ok(url),
  forget: (name: string) => {
    forgotten.push(name);
  },
};
const teams = () => teamsChannel(secrets, '/valetkey/teams/platform');

beforeEach(async () => {
  chats = await startChats();
  url = `${chats.url}/teams/platform?sig=secret`;
  forgotten.length = 0;
});
afterEach(() => chats.stop());

test('every change is another card, whose texts are no Markdown', async () => {
  expect(await teams().post(ANNOUNCED)).toEqual({ ok: true, value: null });
  expect(await teams().update(null, ANNOUNCED)).toEqual({ ok: true, value: null });
  const line = { key: 'e', text: 'A request still waits', mention: null, link: ANNOUNCED.link };
  expect(await teams().followUp(null, line)).toEqual({ ok: true, value: null });
  expect(chats.cards).toHaveLength(3);
  const [{ card } = { card: null }] = chats.cards;
  expect(card?.body.every(({ type }) => type === 'RichTextBlock')).toBe(true);
  expect(JSON.stringify(card)).toContain('[click](http://evil)');
  expect(card?.actions.map((action) => action.url)).toEqual([ANNOUNCED.link.url]);
});

test.each([
  [
    { status: 429, retryAfter: 9 },
    { code: 'limited', afterSeconds: 9 },
  ],
  [{ status: 502 }, { code: 'unavailable', reason: 'HTTP 502' }],
  [{ status: 404 }, { code: 'refused', reason: 'HTTP 404' }],
  [{ status: 401 }, { code: 'refused', reason: 'HTTP 401' }],
])('what is not taken is told apart: %j', async (fault, error) => {
  chats.faults.push(fault);
  expect(await teams().post(ANNOUNCED)).toEqual({ ok: false, error });
  // The webhook may have been made anew.
  expect(forgotten).toHaveLength(error.code === 'refused' ? 1 : 0);
});

test('a webhook without TLS is never called', async () => {
  url = 'http://flow.example/teams';
  expect(await teams().post(ANNOUNCED)).toEqual({
    ok: false,
    error: { code: 'refused', reason: 'no https URL' },
  });
  url = 'https://127.0.0.1:1/teams';
  expect(await teams().post(ANNOUNCED)).toMatchObject({ error: { reason: 'no answer' } });
});
