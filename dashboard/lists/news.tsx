import Button from '@cloudscape-design/components/button';
import { counted } from '../parts/counted.ts';
import type { Row } from './changes.ts';
import type { List } from './use-list.ts';

/** What has changed in the list since it was shown. The place for it is always there, so nothing moves. */
export function News({
  list,
  one,
}: {
  readonly list: Pick<List<unknown & Row>, 'fresh' | 'gone' | 'showChanges'>;
  readonly one: string;
}) {
  const { fresh, gone } = list;
  const words = [
    fresh > 0 ? `${counted(fresh, `new ${one}`)}` : '',
    gone.size > 0 ? `${gone.size} of these no longer ${gone.size === 1 ? 'matches' : 'match'}` : '',
  ].filter(Boolean);
  return (
    <div className="list-news" role="status">
      {words.length === 0 ? null : (
        <>
          <p>{words.join(', ')}.</p>
          <Button variant="inline-link" onClick={list.showChanges}>
            {fresh > 0 ? 'Show them' : 'Update the list'}
          </Button>
        </>
      )}
    </div>
  );
}
