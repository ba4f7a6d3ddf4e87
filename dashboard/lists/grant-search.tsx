import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { goTo, linkToGrant } from '../place.ts';
import { findGrantId } from './find-grant-id.ts';

/** Goes to one grant: by its id, a link to it, or, among the shown ones, by how its id begins. */
export function GrantSearch({ ids }: { readonly ids: readonly string[] }) {
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState('');
  const find = (): void => {
    const found = findGrantId(text, ids);
    if ('id' in found) goTo(linkToGrant(found.id));
    else setWrong(found.wrong);
  };
  return (
    <FormField label="Grant id" errorText={wrong}>
      <div className="with-button">
        <Input
          value={text}
          type="search"
          placeholder="gr_… or a link"
          clearAriaLabel="Clear"
          spellcheck={false}
          autoComplete={false}
          onChange={({ detail }) => {
            setText(detail.value);
            setWrong('');
          }}
          onKeyDown={({ detail }) => {
            if (detail.key === 'Enter') find();
          }}
        />
        <Button onClick={find} ariaLabel="Go to the grant">
          Go
        </Button>
      </div>
    </FormField>
  );
}
