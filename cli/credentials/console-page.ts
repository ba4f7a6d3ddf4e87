import { UsageError } from '../failure.ts';
import { plain } from '../terminal.ts';

/** A page of the AWS console, and what signs a browser in to it. */
export type ConsolePage = { readonly destination: string; readonly federation: string };

export type PageOptions = {
  /** The address of a page, instead of a service and a Region. */
  readonly to?: string;
  readonly service?: string;
  readonly region?: string;
};

type Partition = {
  readonly name: string;
  readonly region: RegExp;
  readonly console: string;
  /** Where it signs in. In some partitions, each Region does so by itself. */
  readonly signIn: string | null;
};

/**
 * The partitions whose consoles are public.
 *
 * @see https://docs.aws.amazon.com/general/latest/gr/mgmt-console.html
 * @see https://docs.amazonaws.cn/en_us/aws/latest/userguide/endpoints-arns.html
 * @see https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/using-govcloud-endpoints.html
 * @see https://docs.aws.eu/esc/latest/userguide/endpoints.html
 */
const PARTITIONS: readonly Partition[] = [
  {
    name: 'aws-cn',
    region: /^cn-[a-z]+-\d+$/,
    console: 'console.amazonaws.cn',
    signIn: 'signin.amazonaws.cn',
  },
  {
    name: 'aws-us-gov',
    region: /^us-gov-[a-z]+-\d+$/,
    console: 'console.amazonaws-us-gov.com',
    signIn: 'signin.amazonaws-us-gov.com',
  },
  {
    name: 'aws-eusc',
    region: /^eusc-[a-z]+-[a-z]+-\d+$/,
    console: 'console.amazonaws-eusc.eu',
    signIn: null,
  },
  {
    name: 'aws',
    region: /^[a-z]{2}-[a-z]+-\d+$/,
    console: 'console.aws.amazon.com',
    signIn: 'signin.aws.amazon.com',
  },
];

/**
 * The page to open, before a grant is requested for it.
 *
 * @throws UsageError if it belongs to no partition whose console is known.
 */
export function consolePage(
  { to, service, region }: PageOptions,
  env: Readonly<Record<string, string | undefined>>,
): ConsolePage {
  if (to !== undefined) return pageAt(to);
  if (service !== undefined && !/^[a-z0-9][a-z0-9-]*(\/[\w-]+)*$/.test(service)) {
    throw new UsageError(
      `--service: "${plain(service)}" is not the name of a service.`,
      SERVICE_HINT,
    );
  }
  const chosen = region ?? (env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || null);
  const path = service === undefined ? 'console/home' : `${service}/home`;
  if (chosen === null) {
    return page(
      'console.aws.amazon.com',
      service === undefined ? '' : path,
      'signin.aws.amazon.com',
    );
  }
  const partition = PARTITIONS.find((one) => one.region.test(chosen));
  if (partition === undefined) throw unknownRegion(chosen);
  const host = `${chosen}.${partition.console}`;
  return page(host, `${path}?region=${chosen}`, partition.signIn ?? signInOf(partition, chosen));
}

function pageAt(to: string): ConsolePage {
  const url = URL.canParse(to) ? new URL(to) : null;
  if (url?.protocol !== 'https:') {
    throw new UsageError(`--to: "${plain(to)}" is not an https URL.`, TO_HINT);
  }
  const partition = PARTITIONS.find(
    ({ console }) => url.hostname === console || url.hostname.endsWith(`.${console}`),
  );
  if (partition === undefined) {
    throw new UsageError(
      `--to: ${plain(url.hostname)} is no AWS console that valetkey knows.`,
      TO_HINT,
    );
  }
  const region = /^(?:[\w-]+\.)*?([a-z]+(?:-[a-z]+)+-\d+)\.console\./.exec(url.hostname)?.[1];
  if (partition.signIn === null && region === undefined) {
    throw new UsageError(
      `--to: the partition ${partition.name} signs in by Region, and this page names none.`,
      `Write https://<region>.${partition.console}/…`,
    );
  }
  const signIn = partition.signIn ?? signInOf(partition, region ?? '');
  return { destination: url.href, federation: `https://${signIn}/federation` };
}

function signInOf({ console }: Partition, region: string): string {
  return `${region}.${console.replace(/^console\./, 'signin.')}`;
}

function page(host: string, path: string, signIn: string): ConsolePage {
  return { destination: `https://${host}/${path}`, federation: `https://${signIn}/federation` };
}

function unknownRegion(region: string): UsageError {
  const isolated = /^[a-z]+-iso[a-z]*-/.test(region);
  return new UsageError(
    isolated
      ? `The console of the isolated partition of ${region} is not public, so valetkey does not know how to sign in there.`
      : `"${plain(region)}" belongs to no partition that valetkey knows.`,
    `Regions look like eu-central-1, us-gov-west-1, cn-north-1 or eusc-de-east-1. ${EXEC_HINT}`,
  );
}

const SERVICE_HINT = 'Write it as in the address of the console: s3, ec2, lambda, states.';
const TO_HINT =
  'For example: --to https://eu-central-1.console.aws.amazon.com/s3/buckets/acme-artifacts';
const EXEC_HINT = 'Without a console: valetkey exec, valetkey shell.';
