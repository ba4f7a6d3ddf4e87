import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { slackChannel, slackPerson } from '../../../adapters/chat/slack.ts';
import { describeGrant } from '../../../core/chat/describe-grant.ts';
import { ok } from '../../../core/result.ts';
import { type ChatStandIns, readable, startChats, TOKEN } from '../../support/chat-stand-ins.ts';
import { activeGrant } from '../../support/sample-grants.ts';

const ABOUT = { title: 'Read the artifacts', risk: 'high' };
const ANNOUNCED = describeGrant(
  activeGrant({ status: 'pending', justification: 'a & <!channel>' }),
  ABOUT,
  'approvers',
  'https://valetkey.acme.example',
);
const LINE = {
  ...{ key: 'ev_1', text: 'A request still waits for your vote', mention: 'S0GROUP' },
  link: ANNOUNCED.link,
};

let chats: ChatStandIns;
let token = TOKEN;
const forgotten: string[] = [];
const secrets = {
  read: async () => ok(token),
  forget: (name: string) => {
    forgotten.push(name);
  },
};
const slack = () => ({
  apiUrl: chats.apiUrl,
  botToken: '/valetkey/slack/token',
  interactive: true,
  secrets,
});
const channel = () => slackChannel(slack(), 'C0APPROVERS');

beforeEach(async () => {
  chats = await startChats();
  token = TOKEN;
  forgotten.length = 0;
});
afterEach(() => chats.stop());

test('a message is posted, updated where it is, and followed up in its thread', async () => {
  const posted = await channel().post(ANNOUNCED);
  expect(posted).toMatchObject({ ok: true, value: { channel: 'C0APPROVERS' } });
  if (!posted.ok) return;
  const decided = { ...ANNOUNCED, headline: 'A request was denied' };
  expect(await channel().update(posted.value, decided)).toEqual(posted);
  expect(await channel().followUp(posted.value, LINE)).toEqual({ ok: true, value: null });
  expect(chats.top()).toHaveLength(1);
  const [message] = chats.top();
  expect(message).toMatchObject({ edits: 1 });
  if (message !== undefined) {
    expect(readable(message)).toContain('A request was denied');
    expect(readable(message)).toContain('Why\na &amp; &lt;!channel&gt;');
  }
  expect(chats.messages[1]).toMatchObject({
    ...{ thread: message?.ts, blocks: [] },
    text: expect.stringMatching(/^<!subteam\^S0GROUP> A request still waits for your vote </),
  });
});

describe('a person', () => {
  const ana = { id: 'U0ANA', deleted: false, is_bot: false };
  const of = () => slackPerson(slack(), 'ana@acme.example');

  test('is found by their address, and written to in the channel that Slack answers with', async () => {
    chats.people.set('ana@acme.example', ana);
    const posted = await of().post(ANNOUNCED);
    expect(posted).toMatchObject({ ok: true, value: { channel: 'D0ANA' } });
    if (posted.ok) expect(await of().update(posted.value, ANNOUNCED)).toEqual(posted);
    expect(chats.calls.filter((path) => path.endsWith('lookupByEmail'))).toHaveLength(1);
  });

  test.each([
    ['who is unknown', null],
    ['who left', { ...ana, deleted: true }],
    ['who is a bot', { ...ana, is_bot: true }],
    ['of another workspace', { ...ana, is_stranger: true }],
    ['without an id', { deleted: false }],
  ])('%s is nobody', async (_, user) => {
    if (user !== null) chats.people.set('ana@acme.example', user);
    expect(await of().post(ANNOUNCED)).toEqual({ ok: false, error: { code: 'nobody' } });
    expect(chats.messages).toEqual([]);
  });
});

describe('what Slack does not take', () => {
  test.each([
    [
      { status: 429, retryAfter: 17 },
      { code: 'limited', afterSeconds: 17 },
    ],
    [{ status: 429 }, { code: 'limited', afterSeconds: 5 }],
    [
      { error: 'ratelimited', retryAfter: 3 },
      { code: 'limited', afterSeconds: 3 },
    ],
    [{ status: 503 }, { code: 'unavailable', reason: 'HTTP 503' }],
    [{ status: 200 }, { code: 'unavailable', reason: 'HTTP 200' }],
    [{ error: 'internal_error' }, { code: 'unavailable', reason: 'internal_error' }],
    [{ error: 'channel_not_found' }, { code: 'refused', reason: 'channel_not_found' }],
    [{ error: 'not_in_channel' }, { code: 'refused', reason: 'not_in_channel' }],
    [{ error: 'is_archived' }, { code: 'refused', reason: 'is_archived' }],
    [{ error: 'msg_too_long' }, { code: 'refused', reason: 'msg_too_long' }],
    [{ error: 'of a kind nobody knows <b>' }, { code: 'refused', reason: 'unknown' }],
    [{ error: 'message_not_found' }, { code: 'gone' }],
  ])('is told apart: %j', async (fault, error) => {
    chats.faults.push(fault);
    expect(await channel().post(ANNOUNCED)).toEqual({ ok: false, error });
    expect(forgotten).toEqual([]);
  });

  test('because of its token, that is read again', async () => {
    token = 'xoxb-replaced';
    const done = await channel().post(ANNOUNCED);
    expect(done).toMatchObject({ error: { code: 'unavailable', reason: 'invalid_auth' } });
    expect(forgotten).toEqual(['/valetkey/slack/token']);
    expect(JSON.stringify(done)).not.toContain('xoxb');
  });

  test('nor answer, is no answer', async () => {
    const nowhere = { ...slack(), apiUrl: 'http://127.0.0.1:1' };
    expect(await slackChannel(nowhere, 'C1').post(ANNOUNCED)).toEqual({
      ok: false,
      error: { code: 'unavailable', reason: 'no answer' },
    });
  });

  test('in time, is no answer', async () => {
    chats.faults.push({ hangs: true });
    expect(await channel().post(ANNOUNCED)).toMatchObject({ error: { reason: 'no answer' } });
  }, 10_000);
});
