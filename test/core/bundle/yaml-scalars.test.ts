import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as z from 'zod';
import { readYaml } from '../../../core/bundle/yaml-file.ts';

function readAs(text: string): unknown {
  const read = readYaml('f.yaml', `a: ${text}\n`, z.record(z.string(), z.unknown()));
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value.value['a'];
}

describe('a text without quotes', () => {
  test.each([
    ['7', 7],
    ['-7', -7],
    ['0', 0],
    ['0.5', 0.5],
    ['-1.25', -1.25],
    ['123456789012345', 123456789012345],
    ['true', true],
    ['false', false],
    ['null', null],
    ['~', null],
    ['', null],
  ])('%s is a number, a boolean or null', (text, value) => {
    expect(readAs(text)).toBe(value);
  });

  test.each([
    '012345678901',
    '1.10',
    '1e3',
    '0x1f',
    '0o17',
    '+7',
    '-0',
    '1.',
    '.5',
    '.inf',
    '.nan',
    '1234567890123456',
    'Null',
    'NULL',
    'True',
    'TRUE',
    'False',
    'FALSE',
    'yes',
    '2026-11-26',
  ])('%s stays the text that it is', (text) => {
    expect(readAs(text)).toBe(text);
  });

  test('that is a number is written as it is printed', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[-+]?[0-9]{1,17}(\.[0-9]{1,8})?$/), (text) => {
        expect(String(readAs(text))).toBe(text);
      }),
    );
  });
});

test('what has a tag of YAML is of that type', () => {
  expect([readAs('!!int 7'), readAs('!!float 0.5'), readAs('!!str 7')]).toEqual([7, 0.5, '7']);
});

test('a key without quotes that looks like null is the operator of IAM', () => {
  expect(readAs('{ Null: { b: true } }')).toEqual({ Null: { b: true } });
});
