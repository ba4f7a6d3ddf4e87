import Button from '@cloudscape-design/components/button';
import { type ReactNode, useId } from 'react';
import { firstPage, type ListPlace, nextPage, PAGE_SIZES, previousPage } from './list-place.ts';

type PagerProps = {
  readonly place: ListPlace;
  readonly next: string | null;
  readonly loading: boolean;
  readonly go: (place: ListPlace) => void;
  readonly refresh: () => void;
  /** What has changed in the list. */
  readonly children: ReactNode;
};

/** Back and forth by the cursors of the server, which knows no last page. */
export function Pager({ place, next, loading, go, refresh, children }: PagerProps) {
  const size = useId();
  const previous = previousPage(place);
  const { page } = place;
  return (
    <div className="list-tools">
      <label htmlFor={size}>
        Rows
        <select
          id={size}
          value={place.size}
          onChange={({ target }) => go({ ...firstPage(place), size: Number(target.value) })}
        >
          {PAGE_SIZES.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      <Button iconName="refresh" variant="icon" ariaLabel="Refresh" onClick={refresh} />
      {children}
      <nav className="pages" aria-label="Pages">
        <Button
          iconName="angle-left-double"
          variant="icon"
          ariaLabel="First page"
          disabled={page === 1}
          onClick={() => go(firstPage(place))}
        />
        <Button
          iconName="angle-left"
          variant="icon"
          ariaLabel="Previous page"
          disabled={previous === null}
          onClick={() => previous && go(previous)}
        />
        <span className="number" role="status">
          Page {page}
        </span>
        <Button
          iconName="angle-right"
          variant="icon"
          ariaLabel="Next page"
          disabled={next === null || loading}
          onClick={() => next !== null && go(nextPage(place, next))}
        />
      </nav>
    </div>
  );
}
