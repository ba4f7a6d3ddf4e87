import { BrokerError, brokerUrl, call, type Grant, oneLine } from './broker.ts';

/** After the job, whatever became of it: its keys die. */

const { env } = process;
const grant = env['STATE_grant'] ?? '';
if (grant !== '') {
  try {
    const broker = {
      url: brokerUrl((env['INPUT_URL'] ?? '').trim()),
      audience: (env['INPUT_AUDIENCE'] ?? '').trim() || 'valetkey',
    };
    const reason = 'the job ended';
    const ended = (await call(broker, 'POST', `/v1/grants/${grant}/revoke`, { reason })) as Grant;
    process.stdout.write(`${oneLine(`${grant} is ${ended.status}`)}\n`);
  } catch (error) {
    // What is over needs no end. Everything else is told, and does not fail a job that went well:
    // the grant ends by itself at its time.
    if (!(error instanceof BrokerError && error.status === 409)) {
      const text = error instanceof Error ? error.message : 'unknown error';
      process.stdout.write(
        `::warning title=Valet Key::${oneLine(`${grant} was not ended: ${text}`)}\n`,
      );
    }
  }
}
