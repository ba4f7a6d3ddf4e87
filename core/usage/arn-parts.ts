/** The parts of an ARN, or of a pattern with placeholders: partition, service, Region, account, and the rest. */
export type ArnParts = readonly [string, string, string, string, string];

/** @returns null for what is no ARN, and for patterns whose IAM variables may have colons. */
export function arnPartsOf(text: string): ArnParts | null {
  if (text.includes('${')) return null;
  const [arn, partition, service, region, account, ...rest] = text.split(':');
  if (arn !== 'arn' || rest.length === 0) return null;
  return [partition ?? '', service ?? '', region ?? '', account ?? '', rest.join(':')];
}

export function arnOf(parts: readonly string[]): string {
  return ['arn', ...parts].join(':');
}

/** The longest beginning of all texts that ends with `/` or `:`; empty if there is none. */
export function commonPath(texts: readonly string[]): string {
  const [first = '', ...others] = texts;
  let length = first.length;
  for (const other of others) {
    let at = 0;
    while (at < length && first[at] === other[at]) at += 1;
    length = at;
  }
  return /^(?:.*[/:])?/s.exec(first.slice(0, length))?.[0] ?? '';
}
