/** The result of a domain function: a value, or one error of a closed union. It throws nothing. */
export type Result<T, E> = { readonly ok: true; readonly value: T } | Err<E>;

export type Err<E> = { readonly ok: false; readonly error: E };

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function err<E>(error: E): Err<E> {
  return { ok: false, error };
}

/** Ends an exhaustive `switch`: the build breaks here if a new case is not handled. */
export function unreachable(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}
