import type * as Http from 'node:http';
import type * as Https from 'node:https';

/**
 * Node's own HTTP, and nothing else: an `import` of `node:http` gives all its names a value, and one of
 * them is all of undici, which takes longer to load than the rest of the command.
 */
export async function nodeHttp(): Promise<typeof Http> {
  // Node has it from 20.16 on.
  const given = process.getBuiltinModule as typeof process.getBuiltinModule | undefined;
  return given?.('node:http') ?? import('node:http');
}

export function nodeHttps(): Promise<typeof Https> {
  return import('node:https');
}
