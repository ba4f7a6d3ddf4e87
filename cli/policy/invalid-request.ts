type Mistake = { readonly path: readonly PropertyKey[]; readonly message: string };

/** Which option of `valetkey policy explain` sets a field of a case. */
const OPTIONS: Readonly<Record<string, string>> = {
  'principal.issuer': '--principal',
  'principal.subject': '--principal',
  'principal.groups': '--group',
  'principal.claims': '--claim',
  'request.entitlement': '--entitlement',
  'request.parameters': '-p',
  'request.durationSeconds': '--for',
  'request.justification': '--reason',
  'request.ticket': '--ticket',
  'request.scope.actions': '--action',
  'request.scope.resources': '--resource',
  'context.mfaAgeSeconds': '--mfa-age',
  'context.sourceIp': '--source-ip',
  'context.now': '--now',
  'context.signals': '--signal',
};

/**
 * The message for a request that cannot be decided, with all mistakes.
 *
 * @param source Where the fields were written, which decides how they are named.
 */
export function invalidRequest(mistakes: readonly Mistake[], source: 'options' | 'file'): string {
  const lines = mistakes.map(({ path, message }) => {
    const field = path.map(String).join('.');
    const name = source === 'options' ? optionFor(field) : field;
    return name === '' ? `  ${message}` : `  ${name}: ${message}`;
  });
  return ['The request is not valid:', ...lines].join('\n');
}

function optionFor(field: string): string {
  const found = Object.entries(OPTIONS).find(
    ([known]) => field === known || field.startsWith(`${known}.`),
  );
  if (found === undefined) return field;
  const [known, option] = found;
  const rest = field.slice(known.length + 1);
  const named = ['-p', '--claim', '--signal'].includes(option) && rest !== '';
  return named ? `${option} ${rest}` : option;
}
