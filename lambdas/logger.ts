import { Logger } from '@aws-lambda-powertools/logger';

/** Structured logs. Bodies, tokens and credentials are never handed to it. */
export const logger = new Logger({ serviceName: 'valetkey' });

/** From here on every line carries these keys, and none of the call before. */
export function setLogKeys(keys: Readonly<Record<string, string>>): void {
  logger.resetKeys();
  logger.appendKeys(keys);
}
