import type { TableName } from './tables.ts';

/**
 * Which file answers which control. The texts of the frameworks are their publishers' own: here are the ids, and in our
 * words what an auditor wants to know.
 */

export const FRAMEWORKS = ['soc2', 'pci', 'iso', 'nist'] as const;
export type Framework = (typeof FRAMEWORKS)[number];

export const FRAMEWORK_NAMES: Readonly<Record<Framework, string>> = {
  soc2: 'SOC 2 (Trust Services Criteria)',
  pci: 'PCI DSS 4.0.1',
  iso: 'ISO/IEC 27001:2022, Annex A',
  nist: 'NIST SP 800-53 Rev. 5',
};

/** `ledger` is the copy of the log itself, `ocsf` the events of the period as JSON lines. */
export type Source = TableName | 'ledger' | 'ocsf';

export type Control = {
  readonly framework: Framework;
  readonly id: string;
  readonly question: string;
  readonly files: readonly Source[];
};

const of =
  (framework: Framework) =>
  (id: string, question: string, ...files: readonly Source[]): Control => ({
    framework,
    id,
    question,
    files,
  });
const soc2 = of('soc2');
const pci = of('pci');
const iso = of('iso');
const nist = of('nist');

export const CONTROLS: readonly Control[] = [
  soc2(
    'CC6.1',
    'Who got in, and what kept the others out?',
    'population',
    'denials',
    'entitlements',
  ),
  soc2('CC6.2', 'Was access authorised before keys existed?', 'population', 'vends', 'orders'),
  soc2(
    'CC6.3',
    'Did somebody else approve, was it reviewed, and taken back?',
    ...(['votes', 'population', 'access-reviews'] as const),
  ),
  soc2('CC6.6', 'What was tried from where, and refused?', 'refusals', 'denials'),
  soc2('CC7.2', 'What did not go as it should have?', 'exceptions', 'refusals'),
  soc2('CC7.3', 'Was it looked at by somebody?', 'exceptions', 'reviews'),
  soc2('CC7.4', 'What was done against a principal at once?', 'orders', 'exceptions'),
  pci('7.2.1', 'Which rules decide on access?', 'entitlements', 'bundles', 'population'),
  pci('7.2.2', 'Does access follow from the task, and only for its time?', 'population', 'vends'),
  pci('7.2.3', 'Who approved it?', 'votes', 'population'),
  pci('7.2.4', 'Was the access of people reviewed, and did somebody agree?', 'access-reviews'),
  pci('7.2.5', 'What did applications and jobs get?', 'principals', 'vends'),
  pci('7.2.5.1', 'Was the access of applications and jobs reviewed?', 'access-reviews'),
  pci('7.3.3', 'Is everything denied that no policy permits?', 'denials', 'refusals'),
  pci('8.2.1', 'Which one principal stands behind each session?', 'vends', 'principals'),
  pci('8.2.5', 'Did access end when it had to?', 'orders', 'exceptions'),
  pci('8.2.6', 'Who has not been seen for long?', 'principals'),
  pci('8.4.1', 'Was a second factor used for administrative access?', 'population'),
  pci('10.2.1.2', 'Which privileged access was there?', 'vends', 'population'),
  pci('10.2.1.4', 'Which attempts failed?', 'denials', 'refusals'),
  pci('10.2.1.5', 'Which keys were issued, and which principals were changed?', 'vends', 'orders'),
  pci('10.2.2', 'Who, what, when, from where, with which result?', 'population', 'vends', 'ocsf'),
  pci('10.3.1', 'Who took copies of the record?', 'exports'),
  pci('10.3.2', 'Can the record be changed?', 'ledger'),
  pci('10.3.4', 'Would a change of the record be noticed?', 'ledger', 'sample'),
  pci('10.7.2', 'Which failures of the controls were noticed?', 'exceptions'),
  iso('A.5.15', 'Which rules decide on access, and do they?', 'entitlements', 'bundles', 'denials'),
  iso('A.5.16', 'Which identities used access?', 'principals'),
  iso('A.5.17', 'How were keys handed out?', 'vends'),
  iso(
    'A.5.18',
    'How was access granted, how was it reviewed, and how did it end?',
    ...(['population', 'votes', 'orders', 'access-reviews'] as const),
  ),
  iso('A.8.2', 'Who had privileged access, for how long and why?', 'population', 'vends'),
  iso('A.8.3', 'What was access limited to?', 'entitlements', 'population', 'denials'),
  iso('A.8.15', 'Is the record complete and protected?', 'ledger', 'sample'),
  iso('A.8.16', 'What was unusual?', 'exceptions', 'refusals'),
  iso(
    'A.8.18',
    'Who used break-glass, and was it reviewed?',
    'reviews',
    'population',
    'exceptions',
  ),
  nist('AC-2(3)', 'Who has not been seen for long?', 'principals'),
  nist('AC-2(4)', 'Is every change of access on record?', 'population', 'orders'),
  nist('AC-2(13)', 'How fast does access end for those who are a risk?', 'orders', 'exceptions'),
  nist('AC-3', 'Was every access decided by policy?', 'population', 'denials'),
  nist('AC-5', 'Did somebody else than the requester approve?', 'votes'),
  nist('AC-6', 'Was access narrow and short?', 'entitlements', 'population', 'vends'),
  nist('AC-6(7)', 'Was it reviewed whether privileges are still needed?', 'access-reviews'),
  nist('AC-6(9)', 'Is every use of a privilege on record?', 'vends'),
  nist('AU-2', 'Which kinds of events are on record?', 'ledger', 'ocsf'),
  nist('AU-3', 'Who, what, when, from where, with which result?', 'population', 'vends', 'ocsf'),
  nist('AU-6', 'What should somebody look at?', 'exceptions', 'refusals', 'reviews'),
  nist('AU-9(4)', 'Who took copies of the record?', 'exports'),
  nist('AU-9(3)', 'Is the record protected by cryptography?', 'ledger'),
  nist('AU-10', 'Can somebody deny what they did?', 'ledger', 'sample'),
  nist('CM-5', 'Which changes of policy took effect, and when?', 'bundles'),
  nist('IA-2(1)', 'Was a second factor used?', 'population'),
  nist('PS-4', 'Did access end with a suspension?', 'orders', 'principals'),
];
