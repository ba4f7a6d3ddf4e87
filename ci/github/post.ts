import { BrokerError, brokerUrl, call, type Grant, oneLine } from './broker.ts';

/** Runs after the job, even a failed one: ends the grant, and so kills its keys. */

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
    // 409 means that the grant has already ended. Other errors are warnings, because the grant ends at
    // its expiry anyway.
    if (!(error instanceof BrokerError && error.status === 409)) {
      const text = error instanceof Error ? error.message : 'unknown error';
      process.stdout.write(
        `::warning title=Valet Key::${oneLine(`could not end ${grant}: ${text}`)}\n`,
      );
    }
  }
}
