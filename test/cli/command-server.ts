import { main } from '../../cli/program.ts';

/**
 * The command's own program, run once for each message: starting Node and the policy engine anew takes
 * seconds. What stands in `process.argv` here, `--json` or not, the program reads when it is loaded.
 */

export type Call = { readonly id: number; readonly args: readonly string[] };
export type Answer = {
  readonly id: number;
  readonly code: number;
  readonly out: string;
  readonly err: string;
};

let [out, err] = ['', ''];
process.stdout.write = (text: string | Uint8Array): boolean => {
  out += text.toString();
  return true;
};
process.stderr.write = (text: string | Uint8Array): boolean => {
  err += text.toString();
  return true;
};
// The program listens to the stream anew each time.
process.stdout.setMaxListeners(0);

let last = Promise.resolve();
process.on('message', ({ id, args }: Call) => {
  last = last.then(async () => {
    [out, err] = ['', ''];
    process.exitCode = 0;
    await main(args);
    process.send?.({ id, code: Number(process.exitCode ?? 0), out, err } satisfies Answer);
    process.exitCode = 0;
  });
});
