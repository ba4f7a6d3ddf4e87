import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { draws } from '../../support/draws.ts';
import { HEAD, patched, statementsIn, text, withAction, without } from './patched.ts';

describe('in brackets, an action goes with its comma and the comments that are about it alone', () => {
  test.each([
    ['[s3:PutObject, s3:GetObject]', '[s3:GetObject]'],
    ['[s3:GetObject, s3:PutObject]', '[s3:GetObject]'],
    ['[ s3:GetObject , s3:PutObject ]', '[ s3:GetObject  ]'],
    ['[ s3:GetObject, s3:PutObject, ]', '[ s3:GetObject, ]'],
    ['[ s3:PutObject, s3:GetObject ]', '[ s3:GetObject ]'],
    [
      '[s3:PutObject, s3:PutObject, s3:GetObject, s3:PutObject, s3:ListBucket, s3:PutObject]',
      '[s3:GetObject, s3:ListBucket]',
    ],
    ['[&put s3:PutObject, &get s3:GetObject]', '[&get s3:GetObject]'],
    ['[!!str s3:PutObject, !!str s3:GetObject]', '[!!str s3:GetObject]'],
    ['[&get s3:GetObject, &put s3:PutObject]', '[&get s3:GetObject]'],
    ['[!!str s3:GetObject, !!str s3:PutObject]', '[!!str s3:GetObject]'],
    ['["s3:PutObject","s3:GetObject"] # both', '["s3:GetObject"] # both'],
    // Several lines, and one action on each.
    [
      `[ # all
      # Uploads.
      # They are rare.
      s3:PutObject, # up
      # Downloads.
      s3:GetObject, # down
      # Names.
      s3:ListBucket # names
    ]`,
      `[ # all
      # Downloads.
      s3:GetObject, # down
      # Names.
      s3:ListBucket # names
    ]`,
    ],
    [
      `[
      s3:GetObject, # down
      # Uploads.
      s3:PutObject, # up

      # Names.
      s3:ListBucket, # names
    ]`,
      `[
      s3:GetObject, # down

      # Names.
      s3:ListBucket, # names
    ]`,
    ],
    [
      `[
      s3:GetObject, # down
      s3:PutObject, # up
      # Again.
      s3:PutObject # up
      # No more.
    ]`,
      `[
      s3:GetObject # down
      # No more.
    ]`,
    ],
    [
      `[
      s3:GetObject # down
      , s3:PutObject # up
      , s3:ListBucket # names
    ]`,
      `[
      s3:GetObject # down
      , s3:ListBucket # names
    ]`,
    ],
    // Several lines, and several actions on each.
    ['[s3:PutObject,\n      s3:GetObject]', '[s3:GetObject]'],
    ['[s3:PutObject, # up\n      s3:GetObject] # down', '[s3:GetObject] # down'],
    [
      '[s3:PutObject, # up\n      # Down.\n      s3:GetObject]',
      '[\n      # Down.\n      s3:GetObject]',
    ],
    ['[s3:GetObject,\n      s3:PutObject]', '[s3:GetObject]'],
    ['[s3:GetObject, # down\n      s3:PutObject] # up', '[s3:GetObject # down\n      ] # up'],
    ['[s3:GetObject, s3:PutObject,\n      s3:PutObject]', '[s3:GetObject]'],
    [
      '[s3:GetObject, s3:PutObject, # both\n      s3:ListBucket]',
      '[s3:GetObject, # both\n      s3:ListBucket]',
    ],
    [
      '[s3:GetObject, s3:PutObject, # both\n      s3:PutObject, # up\n      s3:ListBucket]',
      '[s3:GetObject, # both\n      s3:ListBucket]',
    ],
    [
      '[s3:GetObject, s3:PutObject, # both\n      s3:PutObject, # up\n      s3:PutObject]',
      '[s3:GetObject # both\n      ]',
    ],
    [
      '[s3:GetObject,   s3:PutObject, # both\n      s3:ListBucket]',
      '[s3:GetObject, # both\n      s3:ListBucket]',
    ],
    [
      '[s3:GetObject, s3:PutObject, s3:PutObject, # all\n      s3:PutObject, # up\n      s3:ListBucket]',
      '[s3:GetObject, # all\n      s3:ListBucket]',
    ],
    ['[s3:PutObject, # up\n      s3:PutObject, # up\n      s3:GetObject]', '[s3:GetObject]'],
    [
      '[\n      s3:PutObject, # up\n      s3:PutObject, s3:GetObject, # both\n    ]',
      '[\n      s3:GetObject, # both\n    ]',
    ],
    [
      '[\n      s3:GetObject,\n      s3:PutObject, # up\n      s3:PutObject ]',
      '[\n      s3:GetObject ]',
    ],
  ])('%j', (before, after) => {
    expect(patched(withAction(` ${before}`), without('s3:PutObject'))).toEqual({
      ok: true,
      value: withAction(` ${after}`),
    });
  });

  test('and a statement as well', () => {
    const whole = (statements: string) => `${HEAD}statements: [\n${statements}\n]\n`;
    const before = `  # Uploads.
  { # up
    Effect: Allow, # for all
    Action: s3:PutObject, Resource: '*' },
  # Downloads.
  { Effect: Allow, Action: s3:GetObject, Resource: '*' }, # down
  { Effect: Allow, Action: s3:PutObject, Resource: '*' } # up`;
    const after = `  # Downloads.
  { Effect: Allow, Action: s3:GetObject, Resource: '*' } # down`;
    expect(patched(whole(before), without('s3:PutObject'))).toEqual({
      ok: true,
      value: whole(after),
    });
  });
});

describe('on lines of its own, an action goes with the comments that are about it alone', () => {
  test.each([
    // Those above, up to an empty line; those below, as long as they are indented more.
    [
      `
      # Reading.
      - s3:GetObject
      # Not about what follows: that has an empty line between.

      # Uploads.
      # They are rare.
      - s3:PutObject # up
        # Until the move is done.

        # Then nobody needs them.
      # Names.
      - s3:ListBucket`,
      `
      # Reading.
      - s3:GetObject
      # Not about what follows: that has an empty line between.

      # Names.
      - s3:ListBucket`,
    ],
    // A list may begin in the column of its key.
    [
      `
    - s3:GetObject
    - s3:PutObject
    # The resources.`,
      `
    - s3:GetObject
    # The resources.`,
    ],
    [
      `
      - s3:GetObject
    # Elsewhere.
      - s3:PutObject
     # Deeper than the list, and not than what is in it.`,
      `
      - s3:GetObject
    # Elsewhere.
     # Deeper than the list, and not than what is in it.`,
    ],
    [
      `
      - &put # its name
        s3:PutObject
      -
        s3:GetObject`,
      `
      -
        s3:GetObject`,
    ],
    [
      `
      - >-
        s3:PutObject
      - |-
        s3:GetObject`,
      `
      - |-
        s3:GetObject`,
    ],
  ])('%j', (before, after) => {
    expect(patched(withAction(before), without('s3:PutObject'))).toEqual({
      ok: true,
      value: withAction(after),
    });
  });

  test.each([
    ['a list', 'Action:\n      - s3:PutObject # up'],
    ['a list in brackets', 'Action: [\n      s3:PutObject # up\n      ]'],
    ['text', 'Action: s3:PutObject # up'],
    ['a block of text', 'Action: >-\n      s3:PutObject'],
    [
      'conditions',
      "Action: s3:PutObject\n    Condition:\n      Bool:\n        aws:SecureTransport: 'true'",
    ],
  ])('a statement goes as a whole where it ends with %s', (_, end) => {
    const kept = "  - { Effect: Allow, Action: s3:GetObject, Resource: '*' }\n";
    const gone = `  - # It goes.\n    Effect: Allow\n    Resource: '*'\n    ${end}\n    # And this.\n`;
    for (const [before, after] of [
      [`${gone}${kept}`, kept],
      [`${kept}${gone}`, kept],
      [`${kept}${gone}  # Kept.\n${kept}`, `${kept}  # Kept.\n${kept}`],
    ] as const) {
      expect(patched(text(before), without('s3:PutObject'))).toEqual({
        ok: true,
        value: text(after),
      });
    }
  });

  test('the statements may be the first of a file', () => {
    const after = `statements:\n- { Effect: Allow, Action: s3:GetObject, Resource: '*' }\n${HEAD}`;
    const gone = "# Uploads.\n- { Effect: Allow, Action: s3:PutObject, Resource: '*' }\n";
    const before = after.replace('statements:\n', `statements:\n${gone}`);
    expect(patched(before, without('s3:PutObject'))).toEqual({ ok: true, value: after });
  });
});

type Fate = 'stays' | 'goes' | 'narrows';
type Drawn = { readonly fate: Fate; readonly quote: string };

/** The ways to write a list; those in which an action has lines of its own have comments. */
const STYLES: Readonly<Record<string, (texts: readonly string[], comment: Comment) => string>> = {
  'on lines of its own': (texts, comment) =>
    texts
      .map((one, index) => `\n${comment.above(index)}      - ${one}${comment.behind(index)}`)
      .join(''),
  'in brackets on one line': (texts) => ` [ ${texts.join(', ')} ]`,
  'in brackets, each on a line': (texts, comment) =>
    ` [\n${texts
      .map((one, index) => {
        const comma = index < texts.length - 1 ? ',' : '';
        return `${comment.above(index)}      ${one}${comma}${comment.behind(index)}\n`;
      })
      .join('')}    ]`,
  'in brackets, with a last comma': (texts, comment) =>
    ` [\n${texts
      .map((one, index) => `${comment.above(index)}      ${one},${comment.behind(index)}\n`)
      .join('')}    ]`,
  'in brackets, in pairs': (texts) => {
    const pairs = texts.flatMap((_, index) =>
      index % 2 === 0 ? [texts.slice(index, index + 2)] : [],
    );
    return ` [${pairs.map((pair) => pair.join(', ')).join(',\n      ')}]`;
  },
};

type Comment = {
  readonly above: (index: number) => string;
  readonly behind: (index: number) => string;
};

const commented: Comment = {
  above: (index) => (index % 3 === 1 ? `      # above ${index}.\n` : ''),
  behind: (index) => (index % 3 === 2 ? '' : ` # behind ${index}.`),
};

test('whatever goes, the others keep their lines, comments, quotes and order', () => {
  const drawn = fc.array(
    fc.record<Drawn>({
      fate: fc.constantFrom('stays', 'goes', 'narrows'),
      quote: fc.constantFrom('', "'", '"'),
    }),
    { minLength: 1, maxLength: 7 },
  );
  const styles = fc.constantFrom(...Object.keys(STYLES));
  const breaks = fc.constantFrom('\n', '\r\n');
  fc.assert(
    fc.property(drawn, styles, breaks, fc.boolean(), (all, style, lineBreak, isLast) => {
      fc.pre(all.some(({ fate }) => fate !== 'goes'));
      const before = all.map(({ fate, quote }, index) =>
        [quote, fate === 'narrows' ? `s3:Get${'abcdefg'[index]}*` : nameOf(index), quote].join(''),
      );
      const whole = `${HEAD}statements:\n  - Effect: Allow\n    Resource: '*'\n    Action:${STYLES[style]?.(before, commented)}`;
      const written = (isLast ? whole : `${whole}\n# The end.\n`).replaceAll('\n', lineBreak);
      const Action = all.flatMap(({ fate }, index) => {
        if (fate === 'goes') return [];
        return fate === 'stays'
          ? [nameOf(index)]
          : [`s3:Get${'abcdefg'[index]}1`, `s3:Get${'abcdefg'[index]}2`];
      });
      const found = patched(written, (one) => ({ ...one, Action }));
      if (!found.ok) throw new Error(found.error);
      expect(statementsIn(found.value)).toEqual([{ Effect: 'Allow', Action, Resource: ['*'] }]);
      for (const [index, { fate, quote }] of all.entries()) {
        for (const comment of [`# above ${index}.`, `# behind ${index}.`]) {
          const isThere = written.includes(comment) && fate !== 'goes';
          expect([comment, found.value.includes(comment)]).toEqual([comment, isThere]);
        }
        if (fate === 'stays') {
          expect(found.value).toContain(`${quote}${nameOf(index)}${quote}`);
        }
      }
      expect(found.value.endsWith('\n')).toBe(written.endsWith('\n'));
      expect(found.value.replaceAll(lineBreak, '')).not.toMatch(/[\r\n]/);
      expect(found.value).not.toMatch(/[ \t]\r?\n/);
      expect(found.value.startsWith(written.slice(0, written.indexOf('    Action:')))).toBe(true);
      if (!isLast) expect(found.value.endsWith(`${lineBreak}# The end.${lineBreak}`)).toBe(true);
    }),
    { numRuns: draws(300) },
  );

  function nameOf(index: number): string {
    return `s3:Object${index}`;
  }
});
