/**
 * Starts slow work for the next items while the caller is busy with an earlier one; gives the results in order.
 *
 * @param most items whose work is under way or done, and not taken
 * @param drop what is to be done with results that nobody takes, because the caller stopped
 */
export async function* inAdvance<T, U>(
  items: AsyncIterable<T>,
  most: number,
  start: (item: T) => Promise<U>,
  drop: (result: U) => void = () => {},
): AsyncGenerator<U, void> {
  const started: Promise<U>[] = [];
  try {
    for await (const item of items) {
      const work = start(item);
      // It is awaited later, or never where the caller stops.
      work.catch(() => {});
      started.push(work);
      if (started.length >= most) yield await (started.shift() as Promise<U>);
    }
    for (let next = started.shift(); next !== undefined; next = started.shift()) yield await next;
  } finally {
    for (const work of started) work.then(drop, () => {});
  }
}
