const many = new Intl.PluralRules('en');

/** "1 grant", "2,000 grants". */
export function counted(count: number, one: string, others = `${one}s`): string {
  return `${count.toLocaleString()} ${many.select(count) === 'one' ? one : others}`;
}
