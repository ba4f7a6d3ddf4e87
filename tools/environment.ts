/** The variables that the command reads or sets, for its reference and its man page. A test compares them with the code. */

type Variables = { readonly names: readonly string[]; readonly meaning: string };

export const ENVIRONMENT: readonly Variables[] = [
  { names: ['VALETKEY_BROKER'], meaning: 'name or URL of the broker' },
  { names: ['VALETKEY_TOKEN'], meaning: 'the token to use instead of a sign-in' },
  {
    names: ['VALETKEY_HOME'],
    meaning:
      'folder of settings, tokens and cache (default: `valetkey` in `$XDG_CONFIG_HOME` or `~/.config`)',
  },
  { names: ['VALETKEY_POLICY'], meaning: 'folder of the policy bundle, for `policy` and `local`' },
  { names: ['VALETKEY_DEBUG'], meaning: 'if set, an internal error prints its stack trace' },
  {
    names: ['VALETKEY_GRANT', 'VALETKEY_ENTITLEMENT', 'VALETKEY_EXPIRES_AT'],
    meaning: 'set by `exec` and `shell`: the id of the grant, its entitlement and its end',
  },
  {
    names: ['VALETKEY_SIGNING_IN'],
    meaning:
      'set by `login --aws`, so that `credential-process` serves no keys to the sign-in that they need',
  },
  {
    names: ['XDG_CONFIG_HOME', 'XDG_RUNTIME_DIR'],
    meaning:
      'where settings are kept, and where cached keys are (XDG Base Directory Specification)',
  },
  {
    names: ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'],
    meaning: 'the proxy to the broker and the identity provider',
  },
  { names: ['NODE_EXTRA_CA_CERTS'], meaning: 'file with further authorities, for TLS' },
  { names: ['NO_COLOR'], meaning: 'turns off colours, which are used only on terminals' },
  { names: ['TERM'], meaning: '`dumb`: no colours, and prompts of whole lines' },
  { names: ['CI'], meaning: 'if set, the command never prompts' },
  {
    names: ['BROWSER'],
    meaning:
      'what `login` and `console` open pages with: programs, separated by colons; `%s` stands for the address',
  },
  {
    names: ['SSH_CONNECTION', 'SSH_TTY', 'DISPLAY', 'WAYLAND_DISPLAY'],
    meaning: 'whether a browser can open here; without one, `login` offers a code',
  },
  { names: ['DBUS_SESSION_BUS_ADDRESS'], meaning: 'whether Linux has a keychain (Secret Service)' },
  { names: ['SHELL', 'COMSPEC'], meaning: 'what `shell` opens, on Windows `COMSPEC`' },
  {
    names: ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE', 'BOTO_CONFIG'],
    meaning: 'the AWS files to read and to add profiles to, and the file of old boto',
  },
  {
    names: ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'],
    meaning: 'the profile of `login --aws`, and the one whose Region `exec` keeps',
  },
  {
    names: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
    meaning: 'the Region of `console`, `accounts check` and `login --aws`',
  },
  {
    names: ['GITHUB_ACTIONS', 'GITLAB_CI', 'BUILDKITE', 'CIRCLECI'],
    meaning:
      'which CI system runs the job; `ci` also reads the variables in which that system names the job and offers its token',
  },
];

/** Variables of a CI system, which its own documentation describes. */
export const OF_CI_SYSTEMS = /^(ACTIONS|GITHUB|RUNNER|CI|BUILDKITE|CIRCLE)_/;
