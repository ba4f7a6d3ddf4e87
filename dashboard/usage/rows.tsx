import Button from '@cloudscape-design/components/button';
import { type ReactNode, useState } from 'react';
import './usage.css';

export type Column<T> = {
  readonly name: string;
  readonly cell: (row: T) => ReactNode;
  readonly isNumber?: boolean;
};

type RowsProps<T> = {
  /** What the table holds: "Actions". */
  readonly label: string;
  /** The first one names the row. */
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
};

const AT_ONCE = 25;

/** A table whose rows stand one below the other where it is narrow; a long one shows its first rows alone. */
export function Rows<T>({ label, columns, rows, keyOf }: RowsProps<T>) {
  const [all, setAll] = useState(false);
  const shown = all ? rows : rows.slice(0, AT_ONCE);
  return (
    <>
      <table className="usage-rows" aria-label={label}>
        <thead>
          <tr>
            {columns.map(({ name, isNumber }) => (
              <th key={name} scope="col" className={classOf(isNumber)}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ name, cell, isNumber }, index) =>
                index === 0 ? (
                  <th key={name} scope="row">
                    {cell(row)}
                  </th>
                ) : (
                  <td key={name} data-label={name} className={classOf(isNumber)}>
                    {cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length <= AT_ONCE ? null : (
        <Button onClick={() => setAll(!all)}>
          {all ? `Show the first ${AT_ONCE}` : `Show all ${rows.length.toLocaleString()}`}
        </Button>
      )}
    </>
  );
}

function classOf(isNumber = false): string | undefined {
  return isNumber ? 'number' : undefined;
}
