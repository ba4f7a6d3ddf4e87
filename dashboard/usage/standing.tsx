import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator';
import { STANDINGS, type Standing } from './in-words.ts';

const TYPES: Readonly<Record<Standing, StatusIndicatorProps.Type>> = {
  used: 'success',
  unused: 'stopped',
  unknown: 'warning',
  refused: 'error',
};

/** Whether an action was used; why it is unknown stands below. */
export function StandingOf({ of, why }: { readonly of: Standing; readonly why: string | null }) {
  return (
    <>
      <StatusIndicator type={TYPES[of]}>{STANDINGS[of]}</StatusIndicator>
      {why === null ? null : <span className="usage-note">{why}</span>}
    </>
  );
}
