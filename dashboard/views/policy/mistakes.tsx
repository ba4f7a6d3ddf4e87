import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import type { BundleError } from '../../../core/bundle/bundle.ts';

type Props = {
  readonly title: string;
  readonly advice: string;
  readonly mistakes: readonly BundleError[];
};

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
      <ul className="policy-mistakes">
        {mistakes.map(({ file, line, message }) => (
          <li key={`${file}:${line}:${message}`}>
            <code>{`${file}:${line}`}</code>
            <span>{message}</span>
          </li>
        ))}
      </ul>
    </Container>
  );
}
