/**
 * The network that an address belongs to: `192.0.2.0/24`, or `2001:db8:1::/48`, which is what one site has (RFC 6177).
 * Any other text is a network of its own, so that an address that cannot be read is never a known one.
 */
export function networkOf(address: string): string {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  const text = mapped ?? address;
  const v4 = /^(\d+\.\d+\.\d+)\.\d+$/.exec(text);
  if (v4 !== null) return `${v4[1]}.0/24`;
  return text.includes(':') ? `${firstGroups(text)}::/48` : text;
}

/**
 * Whether two networks are two places. A device with IPv4 and IPv6 uses both at once, so that one of each kind says
 * nothing; neither does a text that is no address.
 */
export function areApart(one: string, other: string): boolean {
  return one !== other && kindOf(one) !== null && kindOf(one) === kindOf(other);
}

function kindOf(network: string): string | null {
  return /\/(?:24|48)$/.exec(network)?.[0] ?? null;
}

/** The first 48 bits, without leading zeros, however the address is abbreviated (RFC 4291, 2.2). */
function firstGroups(address: string): string {
  const [before = '', after = ''] = address.toLowerCase().split('::');
  const head = before.split(':').filter((group) => group !== '');
  const tail = after.split(':').filter((group) => group !== '');
  // The dotted end of an address stands for two groups.
  const length = head.length + tail.length + (address.includes('.') ? 1 : 0);
  const zeros = address.includes('::') ? Array<string>(Math.max(0, 8 - length)).fill('0') : [];
  const groups = [...head, ...zeros, ...tail].slice(0, 3);
  return groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':');
}
