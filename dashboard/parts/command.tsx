import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import { Fragment } from 'react';
import './command.css';

type CommandProps = {
  readonly text: string;
  /** What the button copies: "Copy the command". */
  readonly copy?: string;
};

/** A command for a terminal, and a button that copies it. */
export function Command({ text, copy = 'Copy the command' }: CommandProps) {
  return (
    <div className="command">
      <code>
        {text.split(' ').map((word, index) => (
          <Fragment key={index}>
            {index > 0 ? ' ' : ''}
            <span>{word}</span>
          </Fragment>
        ))}
      </code>
      <CopyToClipboard
        variant="icon"
        copyButtonAriaLabel={copy}
        copySuccessText="Copied"
        copyErrorText="This browser does not let the page copy. Select the text, and copy it yourself."
        textToCopy={text}
      />
    </div>
  );
}
