import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator';
import type { Decision, Grant } from '../api/types.ts';

/** The words of the lifecycle, with a shape beside the colour. */

const TYPES: Readonly<Record<Grant['status'], StatusIndicatorProps.Type>> = {
  pending: 'pending',
  scheduled: 'pending',
  active: 'success',
  revoking: 'in-progress',
  revoked: 'stopped',
  expired: 'stopped',
  denied: 'error',
  cancelled: 'stopped',
  lapsed: 'stopped',
};

export function Status({ of }: { readonly of: Grant['status'] }) {
  return <StatusIndicator type={TYPES[of]}>{capital(of)}</StatusIndicator>;
}

const OUTCOMES = {
  allow: { type: 'success', words: 'Allowed at once' },
  approve: { type: 'pending', words: 'Needs approval' },
  deny: { type: 'error', words: 'Denied' },
} as const;

export function outcomeInWords(outcome: Decision['outcome']): string {
  return OUTCOMES[outcome].words;
}

export function Outcome({ of }: { readonly of: Decision['outcome'] }) {
  const { type, words } = OUTCOMES[of];
  return <StatusIndicator type={type}>{words}</StatusIndicator>;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
