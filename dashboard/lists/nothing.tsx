import Button from '@cloudscape-design/components/button';
import { type ListPlace, nextPage } from './list-place.ts';

type NothingProps = {
  readonly place: ListPlace;
  readonly next: string | null;
  readonly go: (place: ListPlace) => void;
  /** "grants". */
  readonly what: string;
};

/** Where a page has no rows: because there are none, none match, or the server has not looked far enough yet. */
export function Nothing({ place, next, go, what }: NothingProps) {
  const filtered = Object.keys(place.filter).length > 0;
  if (next !== null) {
    return (
      <div className="empty">
        <p>None of the newest {what} match, but older ones may.</p>
        <Button onClick={() => go(nextPage(place, next))}>Look further back</Button>
      </div>
    );
  }
  if (!filtered) {
    return (
      <div className="empty">
        <p>There are no {what} yet. Each request for access will be here, also those denied.</p>
        <a className="list-a" href="#/request">
          Go to Request
        </a>
      </div>
    );
  }
  const everything: ListPlace = { ...place, filter: {}, trail: [], page: 1 };
  return (
    <div className="empty">
      <p>No {what} match these filters.</p>
      <Button onClick={() => go(everything)}>Clear the filters</Button>
    </div>
  );
}
