/**
 * What the name of a partition looks like: `aws`, or `aws-` and more. There is no list of them here, so
 * that a new one needs no new version.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export const PARTITION = 'aws(?:-[a-z]+)*';

export type RoleArn = {
  readonly partition: string;
  readonly account: string;
  /** Begins and ends with a slash; `/` for a role without a path. */
  readonly path: string;
  readonly name: string;
};

/**
 * IAM accepts any printable ASCII character in a path. Here a path has only the characters of a name,
 * so that no role ARN contains a wildcard, a policy variable or a placeholder.
 */
const ROLE_ARN = new RegExp(
  `^arn:(${PARTITION}):iam::([0-9]{12}):role(/(?:[\\w+=,.@/-]{1,510}/)?)([\\w+=,.@-]{1,64})$`,
);

/**
 * Takes the ARN of an IAM role apart.
 *
 * @returns null if the text is anything else, such as an ARN whose account is not known yet.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html for the path and the name
 */
export function parseRoleArn(text: string): RoleArn | null {
  const match = ROLE_ARN.exec(text);
  if (match === null) return null;
  const [, partition = '', account = '', path = '', name = ''] = match;
  return { partition, account, path, name };
}
