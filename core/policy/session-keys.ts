/**
 * What a vended session lacks: it is a session of a role, which the broker assumed with a SourceIdentity, an
 * unguessable session name and no tags.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export type Lack = {
  /** How the key is in every session: not there, there with another value, or one of the two. */
  readonly found: 'absent' | 'other' | 'either';
  /** Continues a sentence that begins with the key. */
  readonly why: string;
  readonly instead: string;
};

const BY_PARAMETER = 'use a parameter';
const MFA: Lack = {
  found: 'either',
  why: 'never shows MFA in a vended session, where MFA is proved to the broker',
  instead: 'ask for it in a policy: when { context.mfa }',
};

const NEVER_THERE: readonly (readonly [RegExp, Lack])[] = [
  [
    /^aws:username$/,
    {
      found: 'absent',
      why: 'is for IAM users, and a vended session is one of a role',
      instead: BY_PARAMETER,
    },
  ],
  [/^aws:multifactorauthpresent$/, MFA],
  [/^aws:multifactorauthage$/, { ...MFA, found: 'absent' }],
  [
    /^(aws:federatedprovider|saml:.+|[^:/]+\.[^:/]+:.+)$/,
    {
      found: 'absent',
      why: 'is only in sessions that an identity provider opened at AWS',
      instead: "compare the token's claim in a policy",
    },
  ],
  [
    /^(ec2:(sourceinstancearn|roledelivery)|lambda:sourcefunctionarn|aws:ec2instancesource.+)$/,
    {
      found: 'absent',
      why: 'is only in credentials that AWS gives to an instance or a function',
      instead: 'leave it out',
    },
  ],
];

/** Why a variable in a statement, such as `aws:username`, has no value in a session that a policy could know. */
export function lacksVariable(name: string): Lack | null {
  if (!/^aws:userid$/i.test(name)) return lacksKey(name);
  return { found: 'other', why: 'is another text in every session', instead: BY_PARAMETER };
}

/** Why a key is not in a session. */
function lacksKey(key: string): Lack | null {
  const [, lack] = NEVER_THERE.find(([pattern]) => pattern.test(key.toLowerCase())) ?? [];
  if (lack !== undefined) return lack;
  const [, tag] = /^aws:principaltag\/(.+)/i.exec(key) ?? [];
  if (tag === undefined) return null;
  return {
    found: 'absent',
    why: `is there only if the target role itself has the tag '${tag}', as the broker sets no session tags`,
    instead: BY_PARAMETER,
  };
}

/** Why a key is not in a session with any of the values that a condition compares it with. */
export function lacksValue(key: string, values: readonly string[]): Lack | null {
  switch (key.toLowerCase()) {
    case 'aws:userid':
      return values.some((value) => value.endsWith('*'))
        ? null
        : {
            found: 'other',
            why: 'ends with a name that is another in every session',
            instead: 'leave it out: the session is of the target role alone',
          };
    case 'aws:sourceidentity':
      return values.some((value) => /[*?]/.test(value))
        ? null
        : {
            found: 'other',
            why: "ends with the grant's id",
            instead: "compare its beginning: StringLike '<principal key>.*'",
          };
    case 'aws:principalarn':
      return values.some((value) => !/:(user|assumed-role|federated-user)\//.test(value))
        ? null
        : {
            found: 'other',
            why: 'is the ARN of the role in every session',
            instead: 'leave it out: the session is of the target role alone',
          };
    default:
      return lacksKey(key);
  }
}

/**
 * Whether a condition on what a session lacks holds: always, never, or depending on what AWS makes of the key.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function holds(
  operator: string,
  values: readonly string[],
  found: Lack['found'],
): boolean | null {
  const absent = holdsWithout(operator, values);
  const other = operator === 'Null' ? !absent : holdsForAnother(operator, values);
  if (found === 'absent') return absent;
  if (found === 'other') return other;
  return absent === other ? absent : null;
}

function holdsWithout(operator: string, values: readonly string[]): boolean {
  if (operator === 'Null') return values.some((value) => value.toLowerCase() === 'true');
  if (/^ForAllValues:/i.test(operator) || /IfExists$/i.test(operator)) return true;
  return isNegated(operator);
}

/** Another value than those listed; of booleans, that is false. */
function holdsForAnother(operator: string, values: readonly string[]): boolean {
  if (!/Bool/.test(operator)) return isNegated(operator);
  return values.some((value) => value.toLowerCase() === 'false');
}

function isNegated(operator: string): boolean {
  return /Not(?!Exists)/.test(operator);
}
