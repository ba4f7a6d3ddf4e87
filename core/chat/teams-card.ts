import type { Announcement, Fact, FollowUp, Link } from './announcement.ts';
import { cut, oneLine } from './plain-text.ts';

/**
 * Messages as a workflow of Teams takes them: Adaptive Cards. Every text is a `TextRun`, in which Markdown is not
 * supported; `TextBlock` and `Fact` would read it.
 *
 * @see https://learn.microsoft.com/en-us/adaptive-cards/schema-explorer/text-run
 */
export type TeamsMessage = {
  readonly type: 'message';
  readonly attachments: readonly {
    readonly contentType: 'application/vnd.microsoft.card.adaptive';
    readonly contentUrl: null;
    readonly content: AdaptiveCard;
  }[];
};

export type AdaptiveCard = {
  readonly $schema: 'http://adaptivecards.io/schemas/adaptive-card.json';
  readonly type: 'AdaptiveCard';
  readonly version: '1.4';
  readonly body: readonly RichText[];
  readonly actions: readonly {
    readonly type: 'Action.OpenUrl';
    readonly title: string;
    readonly url: string;
  }[];
};

type RichText = { readonly type: 'RichTextBlock'; readonly inlines: readonly TextRun[] };

type TextRun = {
  readonly type: 'TextRun';
  readonly text: string;
  readonly weight?: 'Bolder';
  readonly size?: 'Large';
  readonly color?: 'Good' | 'Warning' | 'Default';
  readonly isSubtle?: true;
};

/** A message has at most about 28 KB, and a character up to six bytes in JSON: see "Limits" of the Teams connector. */
const VALUE = 800;
const COLORS = { waiting: 'Warning', good: 'Good', ended: 'Default' } as const;

export function teamsMessage({ headline, tone, facts, notes, link }: Announcement): TeamsMessage {
  const title = run(headline, { size: 'Large', weight: 'Bolder', color: COLORS[tone] });
  return messageOf(
    [
      block(title),
      ...facts.map(({ name, value }: Fact) =>
        block(run(`${name}: `, { weight: 'Bolder' }), run(value)),
      ),
      ...notes.map((note) => block(run(note, { isSubtle: true }))),
    ],
    link,
  );
}

export function teamsFollowUp({ text, link }: FollowUp): TeamsMessage {
  return messageOf([block(run(text, { weight: 'Bolder' }))], link);
}

function messageOf(body: readonly RichText[], { label, url }: Link): TeamsMessage {
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body,
    actions: [{ type: 'Action.OpenUrl', title: label, url }],
  } as const;
  const contentType = 'application/vnd.microsoft.card.adaptive';
  return { type: 'message', attachments: [{ contentType, contentUrl: null, content }] };
}

function block(...inlines: readonly TextRun[]): RichText {
  return { type: 'RichTextBlock', inlines };
}

/** Clients fill in `{{DATE(…)}}`, in a `TextRun` as well. */
function run(text: string, style: Omit<TextRun, 'type' | 'text'> = {}): TextRun {
  const line = oneLine(text).replaceAll(/\{(?=\{)/g, '{ ');
  const spaced = text.endsWith(' ') ? `${line} ` : line;
  return { type: 'TextRun', text: cut(spaced, VALUE, (character) => character), ...style };
}
