import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import type { BundleError } from '../../../core/bundle/bundle.ts';

type Props = {
  readonly title: string;
  readonly advice: string;
  readonly mistakes: readonly BundleError[];
};

const COLUMNS: readonly TableProps.ColumnDefinition<BundleError>[] = [
  { id: 'file', header: 'File', minWidth: 180, cell: ({ file }) => <code>{file}</code> },
  { id: 'line', header: 'Line', width: 80, cell: ({ line }) => line },
  { id: 'message', header: 'What is wrong', minWidth: 320, cell: ({ message }) => message },
];

/** What is wrong in the files of a bundle: where, and what to write instead. */
export function Mistakes({ title, advice, mistakes }: Props) {
  return (
    <Container
      header={
        <Header variant="h2" counter={`(${mistakes.length})`} description={advice}>
          {title}
        </Header>
      }
    >
      <Table
        variant="embedded"
        items={mistakes}
        trackBy={({ file, line, message }) => `${file}:${line}:${message}`}
        ariaLabels={{ tableLabel: title }}
        wrapLines
        columnDefinitions={COLUMNS}
      />
    </Container>
  );
}
