import { CREDENTIAL_SETTING, profileOf, settingsOf } from './aws-files.ts';

/**
 * What a command under `exec` keeps of the user's AWS config file. Only what is listed here is carried over,
 * and it is written anew, so no SDK can read a key out of it.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
 */

const SETTINGS: ReadonlySet<string> = new Set([
  'account_id_endpoint_mode',
  'auth_scheme_preference',
  'ca_bundle',
  'defaults_mode',
  'disable_host_prefix_injection',
  'disable_request_compression',
  'endpoint_discovery_enabled',
  'endpoint_url',
  'ignore_configured_endpoint_urls',
  'max_attempts',
  'output',
  'parameter_validation',
  'region',
  'request_checksum_calculation',
  'request_min_compression_size_bytes',
  'response_checksum_validation',
  'retry_mode',
  's3_disable_express_session_auth',
  's3_disable_multiregion_access_points',
  's3_us_east_1_regional_endpoint',
  's3_use_arn_region',
  'sdk_ua_app_id',
  'services',
  'sigv4a_signing_region_set',
  'sts_regional_endpoints',
  'tcp_keepalive',
  'use_dualstack_endpoint',
  'use_fips_endpoint',
]);
/** Settings of the AWS CLI: pager, time format, prompts and the like. */
const CLI_SETTING = /^cli_[a-z_]+$/;

/** The blocks of a profile, and what is carried over of them. */
const BLOCKS: Readonly<Record<string, RegExp>> = {
  s3: /^(addressing_style|max_bandwidth|max_concurrent_requests|max_queue_size|multipart_chunksize|multipart_threshold|payload_signing_enabled|preferred_transfer_client|signature_version|target_bandwidth|us_east_1_regional_endpoint|use_accelerate_endpoint|use_dualstack_endpoint)$/,
  s3api: /^(addressing_style|payload_signing_enabled|signature_version)$/,
  api_versions: /^[a-z0-9-]+$/,
};
/** The blocks of a `services` section are named after the services. */
const SERVICE = /^[a-z0-9_-]+$/;
const SERVICE_SETTING = /^endpoint_url$/;

/** These only matter for getting other credentials. */
const FOR_CREDENTIALS =
  /^(external_id|mfa_serial|mfa_process|role_session_name|duration_seconds|include_profile|credentials_\w+|aws_\w+|granted_\w+|metadata_service_\w+|ec2_metadata_\w+|imds_\w+)$/;

/** All SDKs read these the same without quotes. */
const NAME = /^[A-Za-z0-9_][\w.@+-]*$/;
/** Printable ASCII; a value that begins like a comment or a section would be read as one. */
const VALUE = /^(?![#;[])[\x20-\x7e]+$/;
const REGION = /^[a-z0-9-]+$/;

export type Carried = {
  /** The config file for the command: the chosen profile is its default profile. */
  readonly text: string;
  /** What of the chosen profile, or outside of profiles, was left out: names, no values. */
  readonly leftOut: readonly string[];
  readonly region: string | null;
};

type Values = Map<string, string | Map<string, string>>;
type Sections = Map<string, Values>;

/** @param chosen The profile that would be in use without valetkey. */
export function carriedSettings(config: string, chosen: string): Carried {
  const [profiles, services]: readonly [Sections, Sections] = [new Map(), new Map()];
  const leftOut = new Set<string>();
  for (const { section, block, name, value } of settingsOf(config)) {
    if (name === null) continue;
    const profile = profileOf(section);
    const service = /^services (.+)$/.exec(section)?.[1] ?? null;
    const header = profile ?? service;
    if (header === null) {
      if (!section.startsWith('sso-session ')) leftOut.add(`[${section}]`);
      continue;
    }
    const sections = profile === null ? services : profiles;
    const values: Values = sections.get(header) ?? new Map();
    sections.set(header, values);
    const carried =
      NAME.test(header) && VALUE.test(value) && isListed(profile !== null, block, name, value);
    if (carried) put(values, block, name, value);
    else if ((profile === null || profile === chosen) && isMissed(block, name, value)) {
      leftOut.add(block === null ? name : `${block}.${name}`);
    }
  }
  const region = profiles.get(chosen)?.get('region');
  return {
    text: textOf(profiles, services, chosen),
    leftOut: [...leftOut],
    region: typeof region === 'string' ? region : null,
  };
}

function isListed(inProfile: boolean, block: string | null, name: string, value: string): boolean {
  if (!inProfile) return block !== null && SERVICE.test(block) && SERVICE_SETTING.test(name);
  if (block !== null) return BLOCKS[block]?.test(name) ?? false;
  if (name === 'region') return REGION.test(value);
  return SETTINGS.has(name) || CLI_SETTING.test(name);
}

/** A line that only opens a block is not missed, and neither are credentials: those are left out by intent. */
function isMissed(block: string | null, name: string, value: string): boolean {
  if (block === null && value === '') return false;
  return !CREDENTIAL_SETTING.test(name) && !FOR_CREDENTIALS.test(name);
}

function put(values: Values, block: string | null, name: string, value: string): void {
  if (block === null) return void values.set(name, value);
  const before = values.get(block);
  const inner = before instanceof Map ? before : new Map<string, string>();
  values.set(block, inner.set(name, value));
}

function textOf(profiles: Sections, services: Sections, chosen: string): string {
  const section = (header: string, values: Values): readonly string[] => [
    `[${header}]`,
    ...[...values].flatMap(([name, value]) =>
      typeof value === 'string'
        ? [`${name} = ${value}`]
        : [`${name} =`, ...[...value].map(([inner, of]) => `  ${inner} = ${of}`)],
    ),
  ];
  const safe = (sections: Sections) => [...sections].filter(([name]) => NAME.test(name));
  const lines = [
    ...section('default', profiles.get(chosen) ?? new Map()),
    ...safe(profiles).flatMap(([name, values]) =>
      name === 'default' ? [] : section(`profile ${name}`, values),
    ),
    ...safe(services).flatMap(([name, values]) => section(`services ${name}`, values)),
  ];
  return `${lines.join('\n')}\n`;
}
