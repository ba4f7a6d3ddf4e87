import type { Announcement, Fact, FollowUp, Link } from './announcement.ts';
import { cut, oneLine } from './plain-text.ts';

/**
 * Messages as Slack's web API takes them. What people wrote is in `plain_text` alone, where Slack knows no markup, with
 * its three control characters escaped.
 *
 * @see https://docs.slack.dev/messaging/formatting-message-text
 * @see https://docs.slack.dev/reference/block-kit/blocks
 */
export type SlackMessage = { readonly text: string; readonly blocks: SlackBlock[] };

type Plain = { readonly type: 'plain_text'; readonly text: string; readonly emoji: false };

export type SlackBlock =
  | { readonly type: 'header'; readonly text: Plain }
  | { readonly type: 'section'; readonly fields: Plain[] }
  | { readonly type: 'section'; readonly text: Plain }
  | { readonly type: 'context'; readonly elements: Plain[] }
  | { readonly type: 'actions'; readonly elements: Button[] };

type Button = {
  readonly type: 'button';
  readonly action_id: string;
  readonly text: Plain;
  readonly url: string;
  readonly style?: 'primary';
};

/** Slack's limits, in characters, and how many fields one section has. */
const HEADER = 150;
const SECTION = 3000;
const FIELD = 2000;
const FIELDS = 10;
const BUTTON = 75;
/** A value that is longer needs the whole width. */
const SHORT = 120;

export function slackMessage(announcement: Announcement): SlackMessage {
  const { headline, summary, facts, notes, link, tone } = announcement;
  return {
    text: escaped(summary, SECTION),
    blocks: [
      { type: 'header', text: plain(headline, HEADER) },
      ...sectionsOf(facts),
      ...notes.map((note): SlackBlock => ({ type: 'context', elements: [plain(note, FIELD)] })),
      { type: 'actions', elements: [button(link, tone === 'waiting')] },
    ],
  };
}

/**
 * A line for the thread of a message. The mention comes from the configuration; blocks would hide it, so there is only
 * text.
 */
export function slackReply({ text, mention, link }: FollowUp): SlackMessage {
  const said = escaped(text, HEADER);
  const called = mention === null ? '' : `<!subteam^${mention}> `;
  return { text: `${called}${said} <${link.url}|${link.label}>`, blocks: [] };
}

/** Short facts beside each other, long ones below each other, in their order. */
function sectionsOf(facts: readonly Fact[]): readonly SlackBlock[] {
  const written = facts.map(({ name, value }) => ({ name, value: oneLine(value) }));
  const short = written.filter(({ value }) => value.length <= SHORT);
  const long = written.filter(({ value }) => value.length > SHORT);
  const sections: SlackBlock[] = [];
  for (let from = 0; from < short.length; from += FIELDS) {
    const fields = short.slice(from, from + FIELDS);
    sections.push({ type: 'section', fields: fields.map((fact) => plain(lined(fact), FIELD)) });
  }
  return [
    ...sections,
    ...long.map((fact): SlackBlock => ({ type: 'section', text: plain(lined(fact), SECTION) })),
  ];
}

function lined({ name, value }: Fact): string {
  return `${name}\n${value}`;
}

function button({ label, url }: Link, primary: boolean): Button {
  return {
    type: 'button',
    action_id: 'open',
    text: plain(label, BUTTON),
    url,
    ...(primary && { style: 'primary' }),
  };
}

function plain(text: string, room: number): Plain {
  return { type: 'plain_text', text: escaped(text, room), emoji: false };
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function escaped(text: string, room: number): string {
  return cut(text, room, (character) => ENTITIES[character] ?? character);
}
