import { jest } from '@jest/globals';

/** Keeps everything that is written to the console, and shows nothing of it. */
export function captureLog() {
  const text: string[] = [];
  const keep = (...parts: unknown[]): void => {
    text.push(parts.map((part) => (typeof part === 'string' ? part : inspect(part))).join(' '));
  };
  const spies = (['debug', 'error', 'info', 'log', 'warn'] as const).map((name) =>
    jest.spyOn(console, name).mockImplementation(keep),
  );
  return {
    text: (): string => text.join('\n'),
    /** The structured lines, parsed. */
    lines: (): readonly Readonly<Record<string, unknown>>[] =>
      text.map((line) => JSON.parse(line) as Record<string, unknown>),
    clear: (): void => {
      text.length = 0;
    },
    restore: (): void => {
      for (const spy of spies) spy.mockRestore();
    },
  };
}

export type CapturedLog = ReturnType<typeof captureLog>;

function inspect(value: unknown): string {
  return value instanceof Error ? String(value.stack) : JSON.stringify(value);
}
