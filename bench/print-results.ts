/** Prints the results as a table: one line per figure, with nested figures on one line. */
export function printResults(results: object): void {
  for (const [name, value] of Object.entries(results)) {
    const rows =
      typeof value === 'object' && value !== null ? Object.entries(value) : [['', value]];
    rows.forEach(([key, item], index) => {
      const text = typeof item === 'object' && item !== null ? formatObject(item) : String(item);
      console.log(`${(index === 0 ? name : '').padEnd(28)} ${String(key).padEnd(22)} ${text}`);
    });
  }
}

function formatObject(value: object): string {
  if (Array.isArray(value)) return value.join('; ');
  return Object.entries(value)
    .map(([key, item]) => `${key} ${item}`)
    .join(', ');
}
