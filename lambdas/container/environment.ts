import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from '../../core/entitlement.ts';

/** What a Lambda finds around it: its variables, the files that were packed beside it, time and chance. */

export const clock = (): number => Date.now();

export const random = (length: number): Uint8Array => randomBytes(length);

export const pause = (milliseconds: number): Promise<void> => sleep(milliseconds);

export function deployment(): Deployment {
  return { account: env('ACCOUNT_ID'), region: env('AWS_REGION') };
}

/** Where the API answers, for links in mails and messages. */
export function apiUrl(): string {
  return env('API_URL');
}

/**
 * Whether the deployment says that the table was restored.
 *
 * @throws Error for a word that says neither yes nor no
 */
export function recovering(): boolean {
  const value = process.env['QUARANTINE'] ?? '';
  if (value === '' || value === 'recovery') return value === 'recovery';
  throw new Error(`QUARANTINE is ${value}, not recovery`);
}

/** The folder of the page that was packed beside the handler. */
export const pageFolder = (): string => packaged('page');

/** A file that was packed beside the handler. */
export function packaged(file: string): string {
  return join(env('LAMBDA_TASK_ROOT'), file);
}

export function env(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`the environment lacks ${name}`);
  return value;
}

export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
