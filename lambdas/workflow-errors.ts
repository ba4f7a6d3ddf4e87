/** Errors whose names the Retry and Catch fields of `workflow/grant.asl.json` select. */

/** The step did not happen; the workflow tries it again. */
export class Retryable extends Error {
  override readonly name = 'Retryable';
}

/** The execution must not end yet. */
export class MoreToDo extends Error {
  override readonly name = 'MoreToDo';
}
