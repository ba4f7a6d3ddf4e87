import { Logger } from '@aws-lambda-powertools/logger';

/** Structured logs. Never pass it bodies, tokens or credentials. */
export const logger = new Logger({ serviceName: 'valetkey' });
