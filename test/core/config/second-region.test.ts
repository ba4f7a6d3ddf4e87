import { expect, test } from '@jest/globals';
import { configFile } from '../../../core/config/config-file.ts';

const KEY = 'arn:aws:kms:eu-central-1:222222222222:key/mrk-1a2b';
const STATE = {
  table: {
    name: 'waiting',
    streamArn: 'arn:aws:dynamodb:eu-central-1:222222222222:table/waiting/stream/2026',
    keyArn: KEY,
  },
  ledger: { bucket: 'copy', keyArn: KEY },
  roles: ['vend', 'kill', 'ledger'],
};
const STANDBY = {
  region: 'eu-central-1',
  standby: true,
  state: STATE,
  ledger: { origin: '222222222222.eu-west-1.ValetKey.valetkey' },
};
const FIRST = { region: 'eu-west-1', secondRegion: 'eu-central-1' };

/** The places of the mistakes. */
function mistakes(config: object): readonly string[] {
  const { error } = configFile.safeParse(config);
  return (error?.issues ?? []).map(({ path }) => path.join('.')).toSorted();
}

test('both files are complete', () => {
  expect([mistakes(FIRST), mistakes(STANDBY)]).toEqual([[], []]);
});

test('a standby makes nothing of the state, so it names all of it, and the name of the log', () => {
  expect(mistakes({ standby: true })).toEqual([
    'ledger.origin',
    'region',
    'state.ledger',
    'state.roles',
    'state.table',
  ]);
  const { table, ...others } = STATE;
  expect(mistakes({ ...STANDBY, state: others })).toEqual(['state.table']);
  expect(mistakes({ ...STANDBY, state: { ...STATE, roles: ['vend', 'ledger'] } })).toEqual([
    'state.roles',
  ]);
});

test('a standby uses no table and no key of another Region', () => {
  expect(mistakes({ ...STANDBY, region: 'eu-west-1' })).toEqual(['state.ledger', 'state.table']);
});

test('a standby has nothing to back up', () => {
  expect(mistakes({ ...STANDBY, backups: { plan: { every: 'day' } } })).toEqual(['backups.plan']);
});

test('what can be there once only is of the first Region: roles in targets, and the record of the domain', () => {
  const targets = [{ account: '111111111111', roles: [{ name: 'reports' }] }];
  const domain = {
    name: 'valetkey.acme.example',
    certificateArn: 'arn:aws:acm:eu-central-1:222222222222:certificate/1',
    hostedZone: { id: 'Z1', name: 'acme.example' },
  };
  expect(mistakes({ ...STANDBY, account: '222222222222', targets, domain })).toEqual([
    'domain.hostedZone',
    'targets',
  ]);
});

test('the second Region is another one, and the first is named', () => {
  expect(mistakes({ secondRegion: 'eu-central-1' })).toEqual(['region']);
  expect(mistakes({ ...FIRST, region: 'eu-central-1' })).toEqual(['secondRegion']);
  expect(mistakes({ ...STANDBY, secondRegion: 'eu-west-1' })).toContain('secondRegion');
});

test('a log whose key is of one Region cannot move', () => {
  const ledger = { bucket: 'log', keyArn: KEY.replace('mrk-', '') };
  expect(mistakes({ ...FIRST, state: { ledger } })).toEqual(['state.ledger.keyArn']);
});
