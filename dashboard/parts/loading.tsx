import Spinner from '@cloudscape-design/components/spinner';

/** While something is read for the first time. */
export function Loading({ what = 'Loading' }: { readonly what?: string }) {
  return (
    <div className="loading" role="status">
      <Spinner size="large" />
      <span>{what}…</span>
    </div>
  );
}
