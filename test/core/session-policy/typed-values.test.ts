import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ValueKind } from '../../../core/session-policy/condition-operators.ts';
import { mistakeInValue, OPEN } from '../../../core/session-policy/typed-values.ts';

/** By kind: texts that IAM can read, and texts that it cannot. */
const VALUES: readonly (readonly [ValueKind, readonly string[], readonly string[]])[] = [
  ['text', ['', ' x ', '*', '${aws:username}', "${aws:PrincipalTag/x, 'd'}"], []],
  [
    'number',
    ['0', '10', '-1', '+3', '0.5', '0.25'],
    ['', 'ten', '1e3', '1,5', '0x1f', '1.', '${aws:x}', '10 '],
  ],
  [
    'date',
    [
      '2026',
      '2026-02',
      '2028-02-29',
      '2026-11-26T12:00Z',
      '2026-11-26T12:00:00Z',
      '2026-11-26T12:00:00.5+01:00',
      '1795694400',
    ],
    [
      '2026-13',
      '2026-02-30',
      '2027-02-29',
      '2026-11-26T12:00:00',
      '2026-11-26 12:00:00Z',
      '2026-11-26T24:00Z',
      '2026-11-26T12:60Z',
      '26.11.2026',
      'tomorrow',
      '*',
      '${aws:CurrentTime}',
    ],
  ],
  ['boolean', ['true', 'false', 'True', '${aws:x}'], ['', 'yes', '1', 'truee', 'null']],
  ['presence', ['true', 'false'], ['', 'null', '${aws:x}']],
  ['binary', ['', 'QmluYXJ5', 'QmluYXI=', 'QmluYQ=='], ['Qm', 'Qml=YXJ5', 'Qm ly', '${aws:x}']],
  [
    'address',
    [
      '203.0.113.0/24',
      '203.0.113.7',
      '0.0.0.0/0',
      '10.0.0.1/8',
      '::',
      '::1/128',
      '2001:db8::/32',
      '2001:DB8:1234:5678::/64',
      '1:2:3:4:5:6:7:8',
      '::ffff:192.0.2.1',
    ],
    [
      '',
      '203.0.113.0/33',
      'x203.0.113.0',
      'address 203.0.113.0/24',
      '12345::',
      '::12345',
      '1:2:3:4:5:6:7:12345',
      '1:2:3:4:5:6:7:8:9',
      '::192.0.2.1:1',
      '203.0.113',
      '203.0.113.256',
      '203.0.113.007',
      '203.0.113.0/',
      '203.0.113.0/024',
      '203.0.113.*',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '1::2::3',
      '1:2:3:4::5:6:7:8',
      '2001:db8::/129',
      ':1:2',
      'fe80::1%eth0',
      '::ffff:192.0.2.256',
      '${aws:SourceIp}',
    ],
  ],
  [
    'arn',
    [
      '*',
      'arn:aws:iam::111122223333:role/x',
      'arn:*:s3:::a/*',
      'arn:aws:s3:::a b',
      'arn:aws:sns:*:*:${aws:PrincipalTag/topic}',
      '${aws:PrincipalArn}',
    ],
    [
      '',
      'x',
      'arn:aws:sns',
      'arn:aws:sns:*',
      'arn${aws:username}:aws:s3:::a',
      'aws:arn:s3:::a:b',
      'arn:aws:s3 :::a',
      'arn:aws:s3:::${aws',
    ],
  ],
];

describe.each(VALUES)('a value of the kind %s', (kind, valid, invalid) => {
  test.each(valid.map((text) => [text]))('may be %j', (text) => {
    expect(mistakeInValue(kind, text)).toBeNull();
  });

  if (invalid.length === 0) return;
  test.each(invalid.filter((text) => text !== 'arn:aws:s3:::${aws').map((text) => [text]))(
    'may not be %j',
    (text) => {
      expect(mistakeInValue(kind, text)).toMatch(/^(is not |has the variable )/);
    },
  );

  test('is not judged while a part of it is not known', () => {
    expect(mistakeInValue(kind, `?${OPEN}?`)).toBeNull();
  });
});

describe('an address', () => {
  test('is every IPv4 and IPv6 address, with every prefix of its length', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, prefix) => {
        expect(mistakeInValue('address', address)).toBeNull();
        expect(mistakeInValue('address', `${address}/${prefix}`)).toBeNull();
      }),
    );
    fc.assert(
      fc.property(fc.ipV6(), fc.integer({ min: 0, max: 128 }), (address, prefix) => {
        expect(mistakeInValue('address', `${address}/${prefix}`)).toBeNull();
      }),
    );
  });
});

test('a time is every instant that JavaScript writes, and its day and month', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('0001-01-01'), max: new Date('9999-01-01'), noInvalidDate: true }),
      (date) => {
        const text = date.toISOString();
        for (const end of [4, 7, 10, 24]) {
          expect(mistakeInValue('date', text.slice(0, end))).toBeNull();
        }
      },
    ),
  );
});
