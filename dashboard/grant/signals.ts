import type { RequestSignals } from '../../core/request-signals.ts';
import type { GrantEvent } from '../api/types.ts';

type Sentence<T> = (value: T) => string | null;
type Sentences = { readonly [Name in keyof RequestSignals]: Sentence<RequestSignals[Name]> };

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);
const when = (text: string) => (is: boolean) => (is ? text : null);

const SENTENCES: Sentences = {
  deniedInARow: (count) =>
    count > 0 ? `Was denied ${times(count)} in a row, of whatever access.` : null,
  lapsedLately: (count) =>
    count > 0 ? `Requests lapsed ${times(count)} within the day before.` : null,
  cancelledLately: (count) =>
    count > 0 ? `Requests were cancelled ${times(count)} within the day before.` : null,
  firstUse90Days: when('This is the first use within 90 days.'),
  newNetwork: when('It comes from a network that was not seen before.'),
  offHours: when('It comes at an hour of the week at which the requester does not use it.'),
  otherNetwork: when('It is used from another network than it was requested from.'),
  tokenTwoNetworks: when('One token was used from two networks.'),
};

/** What was unusual about a request, from its event; nothing where no policy asks for signals. */
export function signalsInWords(event: GrantEvent): readonly string[] {
  const inputs = event['inputs'] as
    | { readonly facts?: { readonly signals?: Partial<RequestSignals> } }
    | undefined;
  const signals = inputs?.facts?.signals ?? {};
  return (Object.keys(SENTENCES) as (keyof RequestSignals)[]).flatMap((name) => {
    const value = signals[name];
    const sentence = SENTENCES[name] as Sentence<unknown>;
    const words = value === undefined ? null : sentence(value);
    return words === null ? [] : [words];
  });
}
