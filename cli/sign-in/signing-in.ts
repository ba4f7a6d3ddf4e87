import { Failure } from '../failure.ts';

/** Set while a sign-in asks the AWS session, whose profile may run this command again. */
export const SIGNING_IN = 'VALETKEY_SIGNING_IN';

/**
 * Ends `credential-process` where a sign-in runs it: the keys that it vends need that sign-in.
 *
 * @throws Failure (`signIn`)
 */
export function refuseOwnKeys(): void {
  if (process.env[SIGNING_IN] === undefined) return;
  throw new Failure(
    'signIn',
    'This AWS profile gets its keys from valetkey, so valetkey cannot sign in with it.',
    'Sign in with another profile: valetkey login --aws --profile NAME',
  );
}
