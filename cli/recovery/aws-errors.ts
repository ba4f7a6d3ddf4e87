import { Failure } from '../failure.ts';
import { plain } from '../terminal.ts';

/** Says what AWS refused, and to whom. @throws Failure */
export async function withAwsErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Failure || !(error instanceof Error)) throw error;
    const { name, message } = error;
    if (name === 'CredentialsProviderError') {
      throw new Failure('signIn', 'There are no AWS credentials.', CREDENTIALS);
    }
    throw new Failure('failed', `AWS refused: ${plain(`${name}: ${message}`)}`, CREDENTIALS);
  }
}

const CREDENTIALS =
  'It takes credentials of the broker’s account that may change the table, read the stack and invoke its Lambdas.';
