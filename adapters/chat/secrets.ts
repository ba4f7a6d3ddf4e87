import type { ChatFailure } from '../../core/chat/chat-ports.ts';
import type { Result } from '../../core/result.ts';

/** The secrets of the chat, by the names of their parameters. */
export type Secrets = {
  readonly read: (name: string) => Promise<Result<string, ChatFailure>>;
  /** It did not work: the next read looks again. */
  readonly forget: (name: string) => void;
};
