import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DisableOutboundWebIdentityFederationCommand,
  EnableOutboundWebIdentityFederationCommand,
  GetOutboundWebIdentityFederationInfoCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { GetWebIdentityTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { decodeJwt } from 'jose';
import { audienceOf, type Run } from './names.ts';

/**
 * Where the run's tokens come from: AWS itself signs one for the caller (IAM User Guide, "Outbound
 * identity federation"), or the emulator's issuer does.
 */
export type TokenSource = {
  readonly issuerUrl: string;
  readonly subject: string;
  readonly token: () => Promise<string>;
};

/** The account's issuer, or null while outbound federation is off. */
export async function awsIssuer(): Promise<string | null> {
  try {
    const info = await new IAMClient().send(new GetOutboundWebIdentityFederationInfoCommand());
    return info.JwtVendingEnabled === true ? (info.IssuerIdentifier ?? null) : null;
  } catch (error) {
    if ((error as Error).name === 'FeatureDisabledException') return null;
    throw error;
  }
}

/** Written down first, so that the run turns it off again whatever happens. */
export async function enableAwsIssuer(run: Run): Promise<string> {
  writeFileSync(markOf(run), '');
  const command = new EnableOutboundWebIdentityFederationCommand();
  const { IssuerIdentifier = '' } = await new IAMClient().send(command);
  return IssuerIdentifier;
}

/** @returns false where this run did not turn it on */
export async function disableAwsIssuer(run: Run): Promise<boolean> {
  if (!existsSync(markOf(run))) return false;
  if ((await awsIssuer()) !== null) {
    await new IAMClient().send(new DisableOutboundWebIdentityFederationCommand());
  }
  rmSync(markOf(run));
  return true;
}

function markOf({ folder }: Run): string {
  return join(folder, 'turned-federation-on');
}

export function awsTokens(run: Run, issuerUrl: string): Promise<TokenSource> {
  const sts = new STSClient({ region: run.region });
  return sourceOf(issuerUrl, async () => {
    const command = new GetWebIdentityTokenCommand({
      Audience: [audienceOf(run)],
      SigningAlgorithm: 'RS256',
      DurationSeconds: 900,
    });
    return (await sts.send(command)).WebIdentityToken ?? '';
  });
}

/** An issuer of the local stack, which signs whatever it is asked to. */
export function emulatorTokens(run: Run, issuerUrl: string): Promise<TokenSource> {
  const sub = `arn:${run.partition}:sts::${run.account}:assumed-role/platform/acceptance`;
  return sourceOf(issuerUrl, async () => {
    const body = JSON.stringify({ sub, aud: audienceOf(run) });
    const answer = await fetch(`${issuerUrl}/dev/token`, { method: 'POST', body });
    return ((await answer.json()) as { readonly token: string }).token;
  });
}

async function sourceOf(issuerUrl: string, make: () => Promise<string>): Promise<TokenSource> {
  let last = await make();
  const { sub = '' } = decodeJwt(last);
  const token = async (): Promise<string> => {
    const { exp = 0 } = decodeJwt(last);
    if (exp * 1000 < Date.now() + 60_000) last = await make();
    return last;
  };
  return { issuerUrl, subject: sub, token };
}
