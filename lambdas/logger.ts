import { Logger } from '@aws-lambda-powertools/logger';

/** Structured logs. Never pass it bodies, tokens or credentials. */
export const logger = new Logger({ serviceName: 'valetkey' });

/** Every following line carries these keys, and none of an earlier call. */
export function setLogKeys(keys: Readonly<Record<string, string>>): void {
  logger.resetKeys();
  logger.appendKeys(keys);
}
