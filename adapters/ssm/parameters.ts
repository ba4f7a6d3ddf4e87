import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { ChatFailure } from '../../core/chat/chat-ports.ts';
import { err, ok, type Result } from '../../core/result.ts';

/**
 * Secrets in the Parameter Store, each read when it is needed first, and kept in memory until it is said not to work.
 * The key `aws/ssm` decrypts for whoever may read the parameter.
 */
export function ssmParameters(
  client: SSMClient,
  report: (operation: string, error: unknown) => void,
) {
  const known = new Map<string, string>();
  return {
    read: async (name: string): Promise<Result<string, ChatFailure>> => {
      const kept = known.get(name);
      if (kept !== undefined) return ok(kept);
      try {
        const command = new GetParameterCommand({ Name: name, WithDecryption: true });
        const { Parameter } = await client.send(command);
        const value = Parameter?.Value?.trim() ?? '';
        if (value === '') return err(unavailable(name));
        known.set(name, value);
        return ok(value);
      } catch (error) {
        report('GetParameter', error);
        return err(unavailable(name));
      }
    },
    forget: (name: string): void => {
      known.delete(name);
    },
  };
}

function unavailable(name: string): ChatFailure {
  return { code: 'unavailable', reason: `parameter ${name}` };
}
