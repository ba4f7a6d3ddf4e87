import { expect, test } from '@jest/globals';
import { type Press, shortcutOf } from '../../../../dashboard/views/approve/shortcuts.ts';

const press = (key: string, where: Press['where'] = 'elsewhere', modified = false): Press => ({
  ...{ key, where, modified },
});

test('letters and, in the list, arrows lead through the requests', () => {
  expect(shortcutOf(press('j'), true)).toBe('next');
  expect(shortcutOf(press('ArrowUp', 'list'), true)).toBe('previous');
  expect(shortcutOf(press('ArrowUp'), true)).toBeNull();
});

test('no shortcut works while somebody types, in a dialog, or with a modifier', () => {
  expect(shortcutOf(press('a', 'typing'), true)).toBeNull();
  expect(shortcutOf(press('d', 'dialog'), true)).toBeNull();
  expect(shortcutOf(press('a', 'list', true), true)).toBeNull();
});

test('who switches letters off keeps the arrows (WCAG 2.2, 2.1.4)', () => {
  expect(shortcutOf(press('j'), false)).toBeNull();
  expect(shortcutOf(press('ArrowDown', 'list'), false)).toBe('next');
});
