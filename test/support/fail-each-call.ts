import { err, type Result } from '../../core/result.ts';
import { NO_STORE } from './failing-ports.ts';

type Answer = Result<unknown, { readonly code: string }>;
type Port = (...given: readonly unknown[]) => unknown;
type Call = { readonly name: string; readonly answer: unknown };

/**
 * Runs something once for each call of its ports, each time with new ports of which this one call fails. The ports
 * stand in groups: `{ store: { find, … }, … }`.
 *
 * @returns the calls whose failure it does not answer with.
 */
export async function unheardFailures<Ports extends object>(
  begin: () => Ports | Promise<Ports>,
  run: (ports: Ports) => Promise<Answer>,
): Promise<readonly string[]> {
  const calls: Call[] = [];
  await run(
    watched(await begin(), (name, port) => {
      const answer = port();
      calls.push({ name, answer });
      return answer;
    }),
  );
  const unheard: string[] = [];
  for (const [number, { name, answer }] of calls.entries()) {
    const failure = await failureLike(answer);
    if (failure === null) continue;
    let seen = 0;
    const ports = watched(await begin(), (_, port) => {
      seen += 1;
      return seen === number + 1 ? failure() : port();
    });
    const done = await run(ports);
    if (done.ok || done.error.code !== NO_STORE.code) unheard.push(`${name}, call ${number + 1}`);
  }
  if (calls.length === 0) throw new Error('it called no port');
  return unheard;
}

/** Null for what cannot fail, such as a clock. */
async function failureLike(answer: unknown): Promise<Port | null> {
  if (isIterable(answer)) {
    return async function* () {
      yield err(NO_STORE);
    };
  }
  if (!isResult(await answer)) return null;
  return () => (answer instanceof Promise ? Promise.resolve(err(NO_STORE)) : err(NO_STORE));
}

function isIterable(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;
}

function isResult(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'ok' in answer;
}

function watched<Ports extends object>(
  ports: Ports,
  call: (name: string, port: () => unknown) => unknown,
): Ports {
  const groups = Object.entries(ports).map(([group, members]) => {
    if (typeof members !== 'object' || members === null) return [group, members];
    const all = Object.entries(members).map(([name, member]) => [
      name,
      typeof member === 'function'
        ? (...given: readonly unknown[]) =>
            call(`${group}.${name}`, () => (member as Port).apply(members, [...given]))
        : member,
    ]);
    return [group, Object.fromEntries(all)];
  });
  return Object.fromEntries(groups) as Ports;
}
