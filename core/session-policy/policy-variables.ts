/** `${*}`, `${?}`, `${$}`; or `${service:key}`, with a default in single quotes. */
const VARIABLE = /\$\{(?:[*?$]|[A-Za-z0-9._-]+:[A-Za-z][^\s{},'"]*(?:,\s*'[^'{}]*')?)\}/g;

/** Keys that other tools fill in before IAM sees a policy, and IAM itself does not have. */
const FOREIGN: readonly (readonly [RegExp, string])[] = [
  [/^(aws::?accountid$|(data\.)?aws_caller_identity\.)/i, 'write {{account}}'],
  [/^(aws::?region$|(data\.)?aws_region\.)/i, 'write {{region}}'],
  [/^(aws::?partition$|(data\.)?aws_partition\.)/i, 'write {{partition}}'],
  [/^!/, 'write it without the !'],
];
const OF_TOOLS = /^(AWS::|(self|opt|env|sls|param|cf|file|stageVariables):)/;

/**
 * What is wrong with the policy variables of a text, as IAM reads them. A parameter's value cannot hold
 * one, so only an author makes these mistakes.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function mistakeInVariables(text: string): string | null {
  if (text.includes('$${')) {
    return `has $\${, with which Terraform writes \${; write \${ once, or \${$} for a dollar sign`;
  }
  const rest = text.replace(VARIABLE, (variable) => (isForeign(nameIn(variable)) ? variable : ''));
  const start = rest.indexOf('${');
  if (start < 0) return null;
  const end = rest.indexOf('}', start);
  if (end < 0) return `has '${rest.slice(start)}', which is not closed; write } after the variable`;
  const written = rest.slice(start, end + 1);
  return `has '${written}', which is not a policy variable of IAM; ${hintFor(nameIn(written))}`;
}

/** The variables of a text, each as it is written. */
export function variablesIn(text: string): readonly string[] {
  return text.match(VARIABLE) ?? [];
}

/** A text in which every variable is one plain character. */
export function withoutVariables(text: string): string {
  return text.replace(VARIABLE, 'x');
}

function nameIn(variable: string): string {
  return variable.slice(2, -1).trim();
}

function isForeign(name: string): boolean {
  return OF_TOOLS.test(name) || FOREIGN.some(([shape]) => shape.test(name));
}

function hintFor(name: string): string {
  const known = FOREIGN.find(([shape]) => shape.test(name));
  if (known !== undefined) return known[1];
  if (name === '') return `write the name of a key, such as \${aws:username}`;
  if (/^[A-Za-z0-9._-]+:\S/.test(name) && !OF_TOOLS.test(name)) {
    return `write \${service:key}, without blanks, and a default like this: \${aws:PrincipalTag/team, 'none'}`;
  }
  return 'declare a parameter, and write {{its name}}';
}
