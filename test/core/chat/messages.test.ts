import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Announcement } from '../../../core/chat/announcement.ts';
import { describeCrowd } from '../../../core/chat/crowd.ts';
import { describeGrant } from '../../../core/chat/describe-grant.ts';
import { cut, oneLine } from '../../../core/chat/plain-text.ts';
import { type SlackMessage, slackMessage, slackReply } from '../../../core/chat/slack-message.ts';
import { teamsFollowUp, teamsMessage } from '../../../core/chat/teams-card.ts';
import type { Grant } from '../../../core/grant.ts';
import { activeGrant, NO_APPROVALS, NOW } from '../../support/sample-grants.ts';

const API = 'https://valetkey.acme.example/';
const ABOUT = { title: 'Read the artifacts', risk: 'high' };

/** A request in which every text that people write is this one. */
function writtenBy(text: string): Grant {
  const voter = { type: 'User' as const, id: `people:${text}`, name: text };
  const facts = null;
  const vote = { approver: voter, vote: 'deny' as const, comment: text, at: NOW, marks: [], facts };
  return activeGrant({
    status: 'pending',
    requester: { ...voter },
    parameters: { prefix: text },
    justification: text,
    ticket: text,
    endReason: text,
    approvals: { ...NO_APPROVALS, required: 2, votes: [vote] },
  });
}

const DENY = { grantId: `gr_${'0'.repeat(20)}`, version: 7 };
const ofSlack = (grant: Grant, interactive = true) =>
  slackMessage({ ...describeGrant(grant, ABOUT, 'approvers', API), deny: DENY }, interactive);
const ofTeams = (grant: Grant) => teamsMessage(describeGrant(grant, ABOUT, 'approvers', API));

/** Anything that people type, with what chats read in a special way put in often. */
const NASTY = [
  ...['<!channel>', '<!here>', '<!subteam^S1>', '<@U0123>', '<#C0123>', '<http://evil|ok>', '&lt;'],
  ...['*bold*', '_it_', '`code`', '~no~', ':smile:', 'https://evil.example', '[ok](http://evil)'],
  ...[
    '**b**',
    '<at>all</at>',
    '{{DATE(2017-02-14T06:00:00Z)}}',
    '{{{',
    '&',
    '<',
    '>',
    '\u202e',
    '\n',
  ],
];
const nasty = fc
  .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 40 })), {
    maxLength: 200,
  })
  .map((parts) => parts.join(''));

function textsOf({ blocks }: SlackMessage): readonly { type: string; text: string }[] {
  return blocks.flatMap((block): readonly { type: string; text: string }[] => {
    if (block.type === 'actions') {
      return block.elements.flatMap(({ text, confirm }) =>
        confirm === undefined ? [text] : [text, ...Object.values(confirm)],
      );
    }
    if (block.type === 'context') return block.elements;
    return 'fields' in block ? block.fields : [block.text];
  });
}

describe('whatever people write', () => {
  test('is plain text in Slack: no mention, no link, no markup, within the limits', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const message = ofSlack(writtenBy(text));
        // The line for notifications, which Slack reads as markup, has nothing of it.
        expect(message.text).toMatch(/^A request waits for your vote: artifacts-read \(gr_\w+\)$/);
        for (const { type, text: shown } of textsOf(message)) {
          expect(type).toBe('plain_text');
          expect(shown).not.toMatch(/[<>]|&(?!(amp|lt|gt);)/);
          expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
          expect(shown.length).toBeGreaterThan(0);
        }
        const buttons = message.blocks.flatMap((block) =>
          block.type === 'actions' ? block.elements : [],
        );
        expect(buttons).toHaveLength(2);
        expect(buttons[1]?.value).toBe(`${DENY.grantId} 7`);
        expect(buttons[0]?.url).toMatch(
          /^https:\/\/valetkey\.acme\.example\/#\/grants\/gr_\w{20}$/,
        );
        expect(message.blocks.length).toBeLessThanOrEqual(50);
        for (const block of message.blocks) {
          if (block.type === 'header') expect(block.text.text.length).toBeLessThanOrEqual(150);
          if (block.type !== 'section') continue;
          if ('text' in block) expect(block.text.text.length).toBeLessThanOrEqual(3000);
          else {
            expect(block.fields.length).toBeLessThanOrEqual(10);
            for (const field of block.fields) expect(field.text.length).toBeLessThanOrEqual(2000);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('is no markup either where there is a link and no button', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const { blocks } = ofSlack(writtenBy(text), false);
        const marked = blocks.flatMap((block) =>
          block.type === 'section' && 'text' in block && block.text.type === 'mrkdwn'
            ? [block.text.text]
            : [],
        );
        expect(marked).toEqual([
          expect.stringMatching(
            /^\*<https:\/\/valetkey\.acme\.example\/#\/grants\/gr_\w{20}\|Review>\*$/,
          ),
        ]);
        expect(blocks.some(({ type }) => type === 'actions')).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  test('is a run of text in Teams, where Markdown is not read, and the card fits', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const message = ofTeams(writtenBy(text));
        const [{ content } = { content: null }] = message.attachments;
        if (content === null) throw new Error('no card');
        for (const block of content.body) {
          expect(block.type).toBe('RichTextBlock');
          for (const run of block.inlines) {
            expect(run.type).toBe('TextRun');
            expect(run.text).not.toContain('{{');
            expect(Object.keys(run)).not.toContain('selectAction');
          }
        }
        expect(content.actions).toHaveLength(1);
        expect(content.actions[0]?.url).toMatch(/^https:\/\/valetkey\.acme\.example\/#\/grants\//);
        expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThan(28_000);
      }),
      { numRuns: 300 },
    );
  });

  test('stays whole where it fits', () => {
    const text = 'a < b && c > d: deploy “v2” für alle 🚀';
    const shown = textsOf(ofSlack(writtenBy(text))).map((one) => one.text);
    expect(shown).toContainEqual('Why\na &lt; b &amp;&amp; c &gt; d: deploy “v2” für alle 🚀');
    expect(JSON.stringify(ofTeams(writtenBy(text)))).toContain('a < b && c > d');
  });
});

test('a text is cut at a whole character and a whole entity', () => {
  const twice = (character: string) => (character === '&' ? '&amp;' : character);
  expect(cut('ab', 2, twice)).toBe('ab');
  expect(cut('a&b', 6, twice)).toBe('a…');
  expect(cut('a&b', 7, twice)).toBe('a&amp;b');
  expect(cut('🚀🚀🚀', 5, twice)).toBe('🚀🚀…');
  expect(oneLine(' a\n\tb\u202e c ')).toBe('a b c');
});

describe('a line in the thread', () => {
  const link = { label: 'Open', url: 'https://valetkey.acme.example/#/grants/gr_1' };
  const line = { key: 'ev_1', text: 'A request was escalated: a&b', mention: 'S0GROUP', link };

  test('mentions the group of the configuration, and nobody else', () => {
    expect(slackReply(line)).toEqual({
      text: '<!subteam^S0GROUP> A request was escalated: a&amp;b <https://valetkey.acme.example/#/grants/gr_1|Open>',
      blocks: [],
    });
    expect(slackReply({ ...line, mention: null }).text).not.toContain('<!');
  });

  test('is a small card in Teams', () => {
    const [{ content } = { content: null }] = teamsFollowUp(line).attachments;
    expect(content?.body).toHaveLength(1);
    expect(content?.actions).toEqual([{ type: 'Action.OpenUrl', title: 'Open', url: link.url }]);
  });
});

test('the digest of a crowd names the principal, and leads to the page', () => {
  const grant = writtenBy('<!channel>');
  const toApprovers: Announcement = describeCrowd(grant, 'approvers', API);
  expect(toApprovers.link.url).toBe('https://valetkey.acme.example/#/approve');
  expect(JSON.stringify(slackMessage(toApprovers, true))).not.toContain('<!');
  const toRequester = describeCrowd(grant, 'requester', API);
  expect(toRequester.notes.join(' ')).toContain('valetkey suspend me');
  expect(toRequester.link.url).toBe('https://valetkey.acme.example/#/');
});
