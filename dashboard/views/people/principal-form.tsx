import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useEffect, useState } from 'react';
import { goTo, linkTo } from '../../place.ts';
import { ORDER_NAMES, type OrderKind } from './orders.ts';

type PrincipalFormProps = {
  /** What the URL names. */
  readonly principal: string | null;
  readonly ask: (kind: OrderKind, principal: string) => void;
  /** While a dialog asks, these buttons are out of the way: its own has the same name. */
  readonly asking: boolean;
};

const SETTLED_MS = 600;

/** Whom it is about, and what can be done. What is typed or pasted goes into the URL, and what it has is shown. */
export function PrincipalForm({ principal, ask, asking }: PrincipalFormProps) {
  const [typed, setTyped] = useState(principal ?? '');
  const [wrong, setWrong] = useState('');
  useEffect(() => setTyped((before) => principalOf(principal, before)), [principal]);
  const id = typed.trim();
  useEffect(() => {
    if (id === (principal ?? '')) return;
    const timer = setTimeout(() => name(id), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [id, principal]);
  const act = (kind: OrderKind): void => {
    if (id === '') {
      setWrong('Paste the id of a person or a workload first.');
      return;
    }
    name(id);
    ask(kind, id);
  };
  return (
    <div className="people-form">
      <FormField
        label="Principal"
        description="The id of a person or a workload, as its grants show it: people:… or github:…"
        errorText={wrong}
        stretch
      >
        <Input
          value={typed}
          placeholder="people:00u1ab2cd3EF4gh5ij6k"
          spellcheck={false}
          autoComplete={false}
          onChange={({ detail }) => {
            setTyped(detail.value);
            setWrong('');
          }}
          onKeyDown={({ detail }) => {
            if (detail.key === 'Enter') name(id);
          }}
        />
      </FormField>
      <div className="people-actions" inert={asking} aria-hidden={asking ? true : undefined}>
        {(['suspend', 'revoke', 'resume'] as const).map((kind) => (
          <Button key={kind} onClick={() => act(kind)}>
            {ORDER_NAMES[kind]}
          </Button>
        ))}
      </div>
    </div>
  );
}

function name(id: string): void {
  goTo(linkTo('people', { principal: id }), { replace: true });
}

/** A link may name another one; what is being typed is not taken away. */
function principalOf(principal: string | null, typed: string): string {
  return principal === null || typed.trim() === principal ? typed : principal;
}
