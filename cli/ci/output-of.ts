import spawn from 'cross-spawn';

/**
 * Runs a program of a CI system. On Windows it may be a `.cmd` file, which cross-spawn finds and Node alone
 * does not start.
 *
 * @returns what it printed; null if it does not exist, fails or does not end.
 */
export function outputOf(
  program: string,
  args: readonly string[],
  { input, timeoutMs }: { readonly input?: string; readonly timeoutMs: number },
): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: timeoutMs,
      windowsHide: true,
    });
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    // A program may end without reading.
    child.stdin?.on('error', () => undefined).end(input ?? '');
    child.once('error', () => resolve(null));
    child.once('close', (code) => resolve(code === 0 ? output.trim() : null));
  });
}
