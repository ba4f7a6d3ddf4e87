import { formatDuration } from '../../core/duration.ts';
import { type Decision, type EntitlementInfo, evaluation } from '../broker/answers.ts';
import { type Broker, Refusal } from '../broker/client.ts';
import { optionFor } from '../broker/option-names.ts';
import { EXIT, Failure, UsageError } from '../failure.ts';
import { choose, confirmed, promptText } from '../prompts.ts';
import { plain, type Terminal } from '../terminal.ts';
import { type RequestBody, readOne } from './request.ts';
import { showDecision } from './show.ts';
import { promptForDuration, promptForParameter, promptForReason } from './wizard.ts';

/**
 * Shows what policy would say, and lets the user change answers until the request may be sent.
 *
 * @throws Failure with the command line that asks again, so that no answer is lost.
 */
export async function settled(
  broker: Broker,
  first: RequestBody,
  err: Terminal,
): Promise<RequestBody> {
  let body = first;
  try {
    for (;;) {
      const judged = await judge(broker, body);
      if (judged.decision === null) {
        for (const message of judged.messages) err.print(message);
        for (const field of judged.mistaken) body = await changed(broker, body, field);
        continue;
      }
      showDecision(err, judged.decision);
      if (judged.decision.outcome !== 'deny') {
        if (await confirmed('Send the request?')) return body;
        throw new UsageError('Nothing was sent.');
      }
      const field = await choose('What do you want to change?', choicesFor(body));
      if (field === STOP)
        throw new Failure('denied', 'Nothing was sent: policy denies the request.');
      body = await changed(broker, body, field);
    }
  } catch (error) {
    throw withCommandLine(error, body);
  }
}

type Judged = {
  /** Null where the broker does not accept the values of some options. */
  readonly decision: Decision | null;
  readonly mistaken: readonly string[];
  readonly messages: readonly string[];
};

/** @throws Failure for mistakes that another answer would not mend. */
async function judge(broker: Broker, body: RequestBody): Promise<Judged> {
  try {
    const { decision } = await broker.post('/v1/evaluate', body, evaluation);
    return { decision, mistaken: [], messages: [] };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { errors = [] } = error.problem;
    const mistaken = [...new Set(errors.map(({ pointer }) => optionFor(pointer)))];
    const offered = choicesFor(body).map(({ value }) => value);
    if (mistaken.length === 0 || !mistaken.every((field) => offered.includes(field))) throw error;
    const messages = [error.message, ...(error.hint === null ? [] : [error.hint])];
    return { decision: null, mistaken, messages };
  }
}

const STOP = 'stop';

function choicesFor({ parameters, durationSeconds, justification, ticket }: RequestBody) {
  const fields: readonly (readonly [field: string, value: string])[] = [
    ...Object.entries(parameters).map(([name, value]) => [`-p ${name}`, value] as const),
    ['--for', formatDuration(durationSeconds)],
    ['--reason', justification ?? ''],
    ['--ticket', ticket ?? ''],
  ];
  return [
    { value: STOP, label: 'nothing: send no request' },
    ...fields.map(([field, value]) => ({
      value: field,
      label: plain(`${field}  ${value === '' ? '(none)' : value}`),
    })),
  ];
}

async function changed(broker: Broker, body: RequestBody, field: string): Promise<RequestBody> {
  const chosen = await readOne(broker, body.entitlement);
  switch (field) {
    case '--for':
      return { ...body, durationSeconds: await promptForDuration(chosen, body.durationSeconds) };
    case '--reason':
      return { ...body, justification: await promptForReason(chosen, body.justification) };
    case '--ticket': {
      const { ticket: before = '', ...rest } = body;
      const ticket = await promptText('Ticket or incident', '', before);
      return ticket === '' ? rest : { ...rest, ticket };
    }
    default:
      return withParameter(chosen, body, field.replace(/^-p /, ''));
  }
}

async function withParameter(
  chosen: EntitlementInfo,
  body: RequestBody,
  name: string,
): Promise<RequestBody> {
  const spec = chosen.parameters.properties[name] ?? { type: 'string' };
  const value = await promptForParameter(name, spec, body.parameters[name]);
  return { ...body, parameters: { ...body.parameters, [name]: value } };
}

function withCommandLine(error: unknown, body: RequestBody): unknown {
  if (!(error instanceof Failure)) return error;
  const code = Object.entries(EXIT).find(([, number]) => number === error.exitCode)?.[0];
  const hint = [error.hint, `To ask again: ${commandLineOf(body)}`].filter((line) => line !== null);
  return new Failure((code ?? 'failed') as keyof typeof EXIT, error.message, hint.join('\n'));
}

export function commandLineOf(body: RequestBody): string {
  const { entitlement, parameters, scope = {}, durationSeconds, justification, ticket } = body;
  const words = [
    'valetkey',
    'request',
    entitlement,
    ...Object.entries(parameters).flatMap(([name, value]) => ['-p', `${name}=${value}`]),
    ...['--for', formatDuration(durationSeconds)],
    ...(body.startsAt === undefined ? [] : ['--at', body.startsAt]),
    ...(justification ? ['--reason', justification] : []),
    ...(ticket === undefined ? [] : ['--ticket', ticket]),
    ...(scope.actions ?? []).flatMap((action) => ['--action', action]),
    ...(scope.resources ?? []).flatMap((arn) => ['--resource', arn]),
  ];
  return words.map(quoted).join(' ');
}

/** For a POSIX shell, and readable: plain words stay as they are. */
function quoted(word: string): string {
  const text = plain(word);
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
