/**
 * How the broker calls the services that have logs. `requestTimeout` ends with the headers of an answer; a body of which
 * nothing comes any more is ended by `socketTimeout`, and read again.
 *
 * @see https://github.com/smithy-lang/smithy-typescript/blob/main/packages/types/src/http/httpHandlerInitialization.ts
 */
export const LOGS_CALL = {
  maxAttempts: 5,
  requestHandler: {
    ...{ connectionTimeout: 1000, requestTimeout: 30_000, throwOnRequestTimeout: true },
    socketTimeout: 30_000,
  },
};
