import { describe, expect, test } from '@jest/globals';
import { browsersFor, whyNoBrowser } from '../../../cli/sign-in/browser.ts';

describe('a browser of the user', () => {
  test.each([
    ['over SSH', { SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22', DISPLAY: ':10' }, 'remote shell'],
    ['without a desktop', {}, 'no desktop'],
  ] as const)('is not to be had %s', (_, env, why) => {
    expect(whyNoBrowser(env, 'linux')).toContain(why);
  });

  test.each([
    ['with X11', { DISPLAY: ':0' }, 'linux'],
    ['with Wayland', { WAYLAND_DISPLAY: 'wayland-0' }, 'linux'],
    ['on macOS', {}, 'darwin'],
    ['on Windows', {}, 'win32'],
    ['over SSH, if BROWSER names one', { SSH_TTY: '/dev/pts/1', BROWSER: 'code-open' }, 'linux'],
  ] as const)('may open %s', (_, env, platform) => {
    expect(whyNoBrowser(env, platform)).toBeNull();
  });
});

const URL = 'https://a.example/?b=c';

test.each([
  ['firefox', 'linux', [['firefox', URL]]],
  ['firefox --new-window %s', 'linux', [['firefox', '--new-window', URL]]],
  [
    'a:b --x',
    'linux',
    [
      ['a', URL],
      ['b', '--x', URL],
    ],
  ],
  [
    'a:b;c',
    'win32',
    [
      ['a:b', URL],
      ['c', URL],
    ],
  ],
  ['', 'linux', [['xdg-open', URL]]],
  [undefined, 'darwin', [['open', URL]]],
] as const)(
  'BROWSER=%s on %s starts that program, without a shell',
  (BROWSER, platform, expected) => {
    expect(browsersFor(URL, { BROWSER }, platform)).toEqual(expected);
  },
);
