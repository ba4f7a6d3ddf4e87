import { decodeJwt } from 'jose';
import {
  type NoWebIdentityToken,
  webIdentityToken,
} from '../../adapters/sts/web-identity-token.ts';
import { type NamedBroker, readBrokers } from '../broker/brokers.ts';
import { fetchThrough } from '../broker/proxy.ts';
import { Failure } from '../failure.ts';
import { plain } from '../terminal.ts';
import { isFor, lifetimeOf } from './read-token.ts';
import { SIGNING_IN } from './signing-in.ts';
import type { Tokens } from './tokens.ts';

/** The session to ask; with an identity, only if that is still whose it is. */
export type AwsSignIn = {
  readonly profile: string | null;
  readonly region: string | null;
  readonly identity?: string;
};

/**
 * Signs in with an AWS session: STS confirms whose it is, to the audience of the broker.
 *
 * @throws Failure (`signIn`) that says what to do.
 */
export async function awsTokens(broker: NamedBroker, session: AwsSignIn): Promise<Tokens> {
  const audience = audienceOf(broker);
  process.env[SIGNING_IN] = '1';
  const answer = await webIdentityToken(audience, session, fetchThrough).finally(() => {
    delete process.env[SIGNING_IN];
  });
  if (!answer.ok) throw failureOf(answer.error, audience, session.profile);
  const { token, region } = answer.value;
  if (!isFor(token, audience)) throw new Failure('signIn', 'AWS sent a token for somebody else.');
  const identity = identityOf(token);
  if (session.identity !== undefined && session.identity !== identity) {
    throw new Failure(
      'signIn',
      `You signed in as ${plain(session.identity)}, and your AWS session is now that of ${plain(identity)}.`,
      'Return to the first session, or run `valetkey login --aws` to sign in with this one.',
    );
  }
  return {
    bearer: token,
    refreshToken: null,
    obtainedAt: Date.now(),
    lifetimeSeconds: lifetimeOf(token) ?? 0,
    aws: { profile: session.profile, region, identity },
  };
}

/**
 * AWS gives a token for any audience, and whoever receives it can use it there. So no two brokers may share
 * one.
 */
function audienceOf({ name, url, ...settings }: NamedBroker): string {
  const audience = settings.awsAudience ?? settings.audience;
  if (audience === null) {
    throw new Failure(
      'signIn',
      `The audience of ${name} is not known.`,
      `Run \`valetkey configure ${url}\` first.`,
    );
  }
  const twin = Object.entries(readBrokers()?.brokers ?? {}).find(
    ([, other]) => other.url !== url && [other.audience, other.awsAudience].includes(audience),
  );
  if (twin === undefined) return audience;
  throw new Failure(
    'signIn',
    `${url} would receive the same tokens as ${twin[0]} (${twin[1].url}), and could use them there.`,
    'Ask your platform team to give each broker its own audience.',
  );
}

/** Whose session it is: the account, the role or user, and the person behind it if the token names one. */
function identityOf(token: string): string {
  const claims = decodeJwt(token)[NAMESPACE] as Readonly<Record<string, unknown>> | undefined;
  return [claims?.['principal_id'] ?? decodeJwt(token).sub, claims?.['identity_store_user_id']]
    .filter((part) => part !== undefined)
    .join(' ');
}

const NAMESPACE = 'https://sts.amazonaws.com/';

function failureOf(
  { code, reason }: NoWebIdentityToken,
  audience: string,
  profile: string | null,
): Failure {
  const login = `aws sso login${profile === null ? '' : ` --profile ${plain(profile)}`}`;
  const of = profile === null ? '' : ` of the profile ${plain(profile)}`;
  switch (code) {
    case 'no-session':
      return new Failure(
        'signIn',
        `There is no usable AWS session${of} (${reason}).`,
        `Run \`${login}\`, or choose another profile with --profile or AWS_PROFILE.`,
      );
    case 'session-expired':
      return new Failure(
        'signIn',
        `Your AWS session${of} has expired, or is about to (${reason}).`,
        `Run \`${login}\`, then \`valetkey login --aws\`.`,
      );
    case 'no-region':
      return new Failure(
        'signIn',
        'No AWS Region is set, and STS gives these tokens only in a Region.',
        'Set AWS_REGION, or region in the profile.',
      );
    case 'federation-disabled':
      return new Failure(
        'signIn',
        'Outbound identity federation is not enabled in the AWS account of your session.',
        'An administrator of the account runs: aws iam enable-outbound-web-identity-federation',
      );
    case 'not-permitted':
      return new Failure(
        'signIn',
        `Your AWS session${of} may not ask for a token for the audience ${plain(audience)}.`,
        'Its role needs sts:GetWebIdentityToken for this audience, ES384 and at least 900 seconds (see docs/deploy.md).',
      );
    case 'unreachable':
      return new Failure(
        'unreachable',
        `Cannot reach AWS STS (${reason}).`,
        'Check the network, VPN and proxy (HTTPS_PROXY, NO_PROXY).',
      );
    case 'refused':
      return new Failure('signIn', `AWS STS gave no token (${plain(reason)}).`, HINT);
  }
}

const HINT = 'Check your clock and the Region: `aws sts get-caller-identity` shows more.';
