/** What a domain function answers: a value, or one error of a closed union. Nothing is thrown. */
export type Result<T, E> = { readonly ok: true; readonly value: T } | Err<E>;

export type Err<E> = { readonly ok: false; readonly error: E };

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function err<E>(error: E): Err<E> {
  return { ok: false, error };
}

/** The end of an exhaustive `switch`: the build breaks here when a case is added and not handled. */
export function unreachable(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}
