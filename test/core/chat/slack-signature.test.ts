import { createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { isSigned } from '../../../core/chat/slack-signature.ts';

/** The example that Slack publishes: https://docs.slack.dev/authentication/verifying-requests-from-slack */
const SECRET = '8f742231b10e8888abcd99yyyzzz85a5';
const TIMESTAMP = '1531420618';
const BODY =
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
const SIGNATURE = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503';
const NOW = Number(TIMESTAMP) * 1000;

const signed = (changes: object = {}, now = NOW, secret = SECRET) => {
  const call = { signature: SIGNATURE, timestamp: TIMESTAMP, body: Buffer.from(BODY) };
  return isSigned({ ...call, ...changes }, secret, now);
};

test('Slack’s own example is signed', () => {
  expect(signed()).toBe(true);
});

test.each([-300, -1, 1, 300])('a clock that is %i seconds apart is good enough', (seconds) => {
  expect(signed({}, NOW + seconds * 1000)).toBe(true);
});

test.each([-301, 301, -86_400])(
  'what is %i seconds apart is not taken, ahead or behind',
  (seconds) => {
    expect(signed({}, NOW + seconds * 1000)).toBe(false);
  },
);

test.each([
  ['another body', { body: Buffer.from(`${BODY}&text=x`) }],
  ['another time', { timestamp: '1531420619' }],
  ['another signature', { signature: SIGNATURE.replace('a2', 'a3') }],
  ['a shorter signature', { signature: SIGNATURE.slice(0, -2) }],
  ['a signature in capitals', { signature: SIGNATURE.toUpperCase() }],
  ['another version', { signature: SIGNATURE.replace('v0', 'v1') }],
  ['no signature', { signature: undefined }],
  ['no time', { timestamp: undefined }],
  ['a time that is no number', { timestamp: `${TIMESTAMP}e0` }],
  ['an empty time', { timestamp: '' }],
])('%s is not', (_, changes) => {
  expect(signed(changes)).toBe(false);
});

test('nor is it with another secret', () => {
  expect(signed({}, NOW, 'other')).toBe(false);
});

test('the bytes are signed, and not what they read as', () => {
  const body = Buffer.from([0xff, 0xfe, 0x61]);
  const mac = createHmac('sha256', SECRET).update(`v0:${TIMESTAMP}:`).update(body).digest('hex');
  expect(signed({ body, signature: `v0=${mac}` })).toBe(true);
  expect(signed({ body: Buffer.from(body.toString('utf8')), signature: `v0=${mac}` })).toBe(false);
});
