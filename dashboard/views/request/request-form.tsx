import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import type { InputProps } from '@cloudscape-design/components/input';
import { useMemo, useRef, useState } from 'react';
import { keepMatchCode } from '../../api/match-codes.ts';
import type { Entitlement, Grant } from '../../api/types.ts';
import { useOrder } from '../../api/use-order.ts';
import { useTell } from '../../parts/notices.tsx';
import { inDuration } from '../../parts/time.tsx';
import { goTo, linkToGrant } from '../../place.ts';
import { noteSigned } from '../../sign-in/pending.ts';
import { leave } from '../../sign-in/session.ts';
import type { Change } from './advice.ts';
import { Answer } from './answer.tsx';
import { CopyLink } from './copy-link.tsx';
import { DurationField } from './duration-field.tsx';
import { EntitlementFacts } from './entitlement-facts.tsx';
import { EntitlementPicker } from './entitlement-picker.tsx';
import { errorsOf } from './errors.ts';
import { checkForm, mayBecomeOne } from './form.ts';
import { NarrowFields } from './narrow-fields.tsx';
import { ParameterField } from './parameter-field.tsx';
import { specsOf } from './parameters.ts';
import { ReasonFields } from './reason-fields.tsx';
import { decisionIn, Refused } from './refused.tsx';
import { StartFields } from './start-fields.tsx';
import { useEvaluation } from './use-evaluation.ts';
import { forgetForm, useForm } from './use-form.ts';

type RequestFormProps = { readonly query: URLSearchParams; readonly all: readonly Entitlement[] };

export function RequestForm({ query, all }: RequestFormProps) {
  const { form, entitlement, change, startOver } = useForm(query, all);
  const checked = useMemo(() => checkForm(form, entitlement), [form, entitlement]);
  const evaluated = useEvaluation(checked.ok ? checked.body : null);
  const order = useOrder<Grant>();
  const tell = useTell();
  const [sent, setSent] = useState(false);
  const [narrowing, setNarrowing] = useState(form.actions !== '' || form.resources !== '');
  const fields = useRef<HTMLFormElement>(null);
  const ticket = useRef<InputProps.Ref>(null);
  const error = errorsOf(checked, sent, [order.error, evaluated.asking ? null : evaluated.error]);

  const typed = (changed: Parameters<typeof change>[0]): void => {
    order.forget();
    change(changed);
  };
  const send = async (): Promise<void> => {
    setSent(true);
    if (!checked.ok) {
      // Once the errors are shown.
      setTimeout(() => firstWrong(fields.current)?.focus(), 0);
      return;
    }
    const grant = await order.send('/v1/grants', checked.body);
    if (grant === null) return;
    keepMatchCode(grant);
    forgetForm();
    tell('success', DONE[grant.status] ?? 'Requested.');
    goTo(linkToGrant(grant.id));
  };
  const follow = (advice: Change): void => {
    if (advice.kind === 'duration') typed({ duration: inDuration(advice.seconds) });
    if (advice.kind === 'instead') typed({ entitlement: advice.entitlement });
    if (advice.kind === 'narrow') setNarrowing(true);
    if (advice.kind === 'ticket') ticket.current?.focus();
    if (advice.kind === 'second-factor') {
      noteSigned('out');
      leave({ silent: false }).catch(() =>
        tell('error', 'The identity provider cannot be reached.'),
      );
    }
  };

  return (
    <div className="request-layout">
      <form ref={fields} onSubmit={(event) => event.preventDefault()} noValidate>
        <Container
          footer={
            <div className="request-actions">
              <Button
                variant="primary"
                formAction="none"
                loading={order.busy}
                loadingText="Requesting"
                onClick={() => void send()}
              >
                Request access
              </Button>
              <Button variant="link" formAction="none" onClick={startOver}>
                Start over
              </Button>
              <div className="request-link">
                <CopyLink form={form} entitlement={entitlement?.id ?? form.entitlement} />
              </div>
            </div>
          }
        >
          <div className="request-fields">
            <EntitlementPicker
              all={all}
              typed={form.entitlement}
              error={sent || !mayBecomeOne(form.entitlement, all) ? error('/entitlement') : null}
              onChange={(value) => typed({ entitlement: value })}
            />
            {entitlement === undefined ? null : <EntitlementFacts of={entitlement} />}
            {entitlement === undefined
              ? null
              : specsOf(entitlement).map((spec) => (
                  <ParameterField
                    key={`${entitlement.id} ${spec.name}`}
                    spec={spec}
                    value={form.parameters[spec.name] ?? ''}
                    error={error(`/parameters/${spec.name}`)}
                    onChange={(value) =>
                      typed({ parameters: { ...form.parameters, [spec.name]: value } })
                    }
                  />
                ))}
            <DurationField
              typed={form.duration}
              entitlement={entitlement}
              error={error('/durationSeconds')}
              onChange={(duration) => typed({ duration })}
            />
            <ReasonFields
              form={form}
              entitlement={entitlement}
              ticket={ticket}
              error={error}
              onChange={typed}
            />
            <div className="request-more">
              {entitlement?.breakGlass && form.startDate === '' && form.startTime === '' ? null : (
                <StartFields form={form} error={error('/startsAt')} onChange={typed} />
              )}
              <NarrowFields
                form={form}
                open={narrowing}
                setOpen={setNarrowing}
                policy={evaluated.answer?.sessionPolicy ?? null}
                errors={{
                  actions: error('/scope/actions') ?? error('/scope'),
                  resources: error('/scope/resources'),
                }}
                onChange={typed}
              />
            </div>
            {order.error === null ? null : (
              <Refused error={order.error} retry={() => void send()} />
            )}
          </div>
        </Container>
      </form>
      <div className="request-beside">
        <Answer
          entitlement={entitlement}
          checked={checked}
          evaluated={evaluated}
          refused={decisionIn(order.error)}
          onChange={follow}
        />
      </div>
    </div>
  );
}

const DONE: Readonly<Partial<Record<Grant['status'], string>>> = {
  active: 'You have access.',
  scheduled: 'Granted. It begins at its start.',
  pending: 'Requested. It waits for approval.',
};

function firstWrong(form: HTMLFormElement | null): HTMLElement | null {
  return form?.querySelector<HTMLElement>('[aria-invalid="true"]') ?? null;
}
