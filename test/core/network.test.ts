import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { networkOf } from '../../core/network.ts';

test.each([
  ['192.0.2.7', '192.0.2.0/24'],
  ['192.10.20.30', '192.10.20.0/24'],
  ['::ffff:192.0.2.7', '192.0.2.0/24'],
  ['::FFFF:192.10.20.30', '192.10.20.0/24'],
  ['64:ff9b::ffff:192.0.2.7', '64:ff9b:0::/48'],
  ['2001:db8:1:2::5', '2001:db8:1::/48'],
  ['2001:0DB8:0001:ffff:0:0:0:1', '2001:db8:1::/48'],
  ['2001:db8::1', '2001:db8:0::/48'],
  ['2001::1:2:3:4:5:6', '2001:0:1::/48'],
  ['::1', '0:0:0::/48'],
  ['2001:db8::192.0.2.7', '2001:db8:0::/48'],
  ['1::2:3:4:5:192.0.2.7', '1:0:2::/48'],
])('the address %s belongs to the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test('what is no address is a network of its own', () => {
  expect(networkOf('unknown')).toBe('unknown');
  expect(networkOf('')).toBe('');
  expect(networkOf('192.0.2.7.8')).toBe('192.0.2.7.8');
  expect(networkOf('192.0.2.7, 10.0.0.1')).toBe('192.0.2.7, 10.0.0.1');
  expect(networkOf('::ffff:192.0.2.7.8')).not.toBe('192.0.2.0/24');
});

const group = fc.integer({ min: 0, max: 0xffff });

test('however an address is abbreviated, its network is that of its first 48 bits', () => {
  const addresses = fc.tuple(fc.array(group, { minLength: 8, maxLength: 8 }), fc.nat(7), fc.nat(7));
  fc.assert(
    fc.property(addresses, ([groups, from, length]) => {
      const zeroed = groups.map((one, at) => (at >= from && at <= from + length ? 0 : one));
      const hex = zeroed.map((one) => one.toString(16));
      const short = `${hex.slice(0, from).join(':')}::${hex.slice(from + length + 1).join(':')}`;
      expect(networkOf(short)).toBe(`${hex.slice(0, 3).join(':')}::/48`);
    }),
  );
});
