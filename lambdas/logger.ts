import { Logger } from '@aws-lambda-powertools/logger';

/** Structured logs. Bodies, tokens and credentials are never handed to it. */
export const logger = new Logger({ serviceName: 'valetkey' });
