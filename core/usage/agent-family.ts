const LONGEST = 64;

/**
 * What called, without versions, so that an upgrade is no other caller: `aws-cli`, `Boto3`, `Terraform`, `console`.
 *
 * @returns null where the record does not tell it.
 */
export function agentFamily(userAgent: string | null): string | null {
  const text = (userAgent ?? '').replace(/^[\s["']+/, '').trim();
  if (text === '') return null;
  // Calls of the console have its parts' names, or hosts of the sign-in.
  if (/^(?:\w*console\b|\w*console\/|signin\.|console\.)/i.test(text)) return 'console';
  if (/^aws internal/i.test(text)) return 'AWS Internal';
  if (/^mozilla\//i.test(text)) return 'browser';
  const host = /^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?(?=$|[\s,;\]])/i.exec(text);
  if (host !== null) return host[0].toLowerCase().slice(0, LONGEST);
  return product(text);
}

/** Partners of AWS put their network's name and their own before that of the product: `APN/1.0 HashiCorp/1.0 Terraform/1.9`. */
function product(text: string): string {
  const names = text.split(/\s+/).map((token) => /^[\w.+-]+/.exec(token)?.[0] ?? '');
  const own = /^APN$/i.test(names[0] ?? '') ? names[2] || names[1] || 'APN' : names[0];
  return (own || 'other').slice(0, LONGEST);
}
