import type { Announcement, DenyTarget, Fact, FollowUp, Link } from './announcement.ts';
import { cut, oneLine } from './plain-text.ts';
import { DENY_ACTION, denyValue } from './read-action.ts';

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
  | { readonly type: 'section'; readonly text: Plain | OwnLink }
  | { readonly type: 'context'; readonly elements: Plain[] }
  | { readonly type: 'actions'; readonly elements: Button[] };

/** The only markup: a link of ours, of which people wrote nothing. */
type OwnLink = { readonly type: 'mrkdwn'; readonly text: string };

type Button = {
  readonly type: 'button';
  readonly action_id: string;
  readonly text: Plain;
  readonly url?: string;
  readonly value?: string;
  readonly style?: 'primary' | 'danger';
  readonly confirm?: Confirm;
};

type Confirm = {
  readonly title: Plain;
  readonly text: Plain;
  readonly confirm: Plain;
  readonly deny: Plain;
};

/** Slack's limits, in characters, and how many fields one section has. */
const HEADER = 150;
const SECTION = 3000;
const FIELD = 2000;
const FIELDS = 10;
const BUTTON = 75;
/** A value that is longer needs the whole width. */
const SHORT = 120;

/**
 * @param interactive Whether Slack can tell us what is pressed. If not, it warns of every button, also of one that only
 *   opens a page: then there is a link in its place.
 */
export function slackMessage(announcement: Announcement, interactive: boolean): SlackMessage {
  const { headline, summary, facts, notes, link } = announcement;
  return {
    text: escaped(summary, SECTION),
    blocks: [
      { type: 'header', text: plain(headline, HEADER) },
      ...sectionsOf(facts),
      ...notes.map((note): SlackBlock => ({ type: 'context', elements: [plain(note, FIELD)] })),
      interactive ? buttons(announcement) : { type: 'section', text: linkTo(link) },
    ],
  };
}

function buttons({ link, tone, deny }: Announcement): SlackBlock {
  const open = openButton(link, tone === 'waiting');
  return { type: 'actions', elements: deny === null ? [open] : [open, denyButton(deny)] };
}

function linkTo({ label, url }: Link): OwnLink {
  return { type: 'mrkdwn', text: `*<${url}|${label}>*` };
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

function openButton({ label, url }: Link, primary: boolean): Button {
  return {
    type: 'button',
    action_id: 'open',
    text: plain(label, BUTTON),
    url,
    ...(primary && { style: 'primary' }),
  };
}

function denyButton(target: DenyTarget): Button {
  return {
    type: 'button',
    action_id: DENY_ACTION,
    text: plain('Deny', BUTTON),
    value: denyValue(target),
    style: 'danger',
    confirm: {
      title: plain('Deny this?', 100),
      text: plain(
        'It ends what waits, whoever else has voted. The trail says that it was you.',
        300,
      ),
      confirm: plain('Deny', 30),
      deny: plain('Cancel', 30),
    },
  };
}

function plain(text: string, room: number): Plain {
  return { type: 'plain_text', text: escaped(text, room), emoji: false };
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function escaped(text: string, room: number): string {
  return cut(text, room, (character) => ENTITIES[character] ?? character);
}
