import { expect, test } from '@jest/globals';
import { checkIssuers } from '../../../core/bundle/check-issuers.ts';
import { duplicatePolicies, duplicates, missing } from '../../../core/bundle/check-unique.ts';
import { files, ISSUERS, PERMIT_READ, READ } from '../../support/bundles.ts';
import { sourcesOf } from '../policy/test-bench.ts';

const { entitlements, policies, issuers } = sourcesOf(
  files({
    'entitlements/write.yaml': READ.replace('id: read', 'id: write'),
    'policies/write.cedar': PERMIT_READ.replace('read-is-fine', 'write-is-fine'),
    'issuers.yaml': ISSUERS,
  }),
);

test('different ids are no mistake', () => {
  expect(duplicates(entitlements)).toEqual([]);
  expect(duplicatePolicies(policies)).toEqual([]);
  expect(checkIssuers(issuers)).toEqual([]);
});

test('each repeat of an id is a mistake that names the first file', () => {
  const message = "id: 'read' is already used in entitlements/read.yaml; choose another id";
  const [read, write] = entitlements;
  const repeated = [read, write, read, read].filter((one) => one !== undefined);
  expect(duplicates(repeated)).toEqual(
    Array(2).fill({ file: 'entitlements/read.yaml', line: 1, message }),
  );
  expect(duplicatePolicies([...policies, ...policies]).map((error) => error.message)).toEqual(
    policies.map(({ id, file }) => `@id("${id}") is already used in ${file}; choose another id`),
  );
});

test('issuers do not share an id, nor a URL without a claim that tells their tokens apart', () => {
  const [people, github] = issuers.value;
  if (people === undefined || github === undefined) throw new Error('no issuers');
  const mistakes = (id: string, url: string) =>
    checkIssuers({ ...issuers, value: [people, { ...github, id, url }] }).map(
      ({ message }) => message,
    );
  expect(mistakes(people.id, github.url)).toEqual([
    'issuers.1.id: is also the id of issuer 1; give each issuer its own',
  ]);
  expect(mistakes(github.id, people.url)).toEqual([
    "issuers.1.url: is also the url of issuer 'people'; tell their tokens apart by a claim: when: { <claim>: <value> }",
  ]);
});

test.each([
  ['one asks for a claim', undefined, { claim: 'idtyp', values: ['app'] }, null],
  [
    'they ask for other values of it',
    { claim: 'idtyp', values: ['user'] },
    { claim: 'idtyp', values: ['app'] },
    null,
  ],
  [
    'they ask for other claims',
    { claim: 'azp', values: ['a'] },
    { claim: 'idtyp', values: ['app'] },
    /same claim in both: 'azp'/,
  ],
  [
    'they share a value',
    { claim: 'idtyp', values: ['a', 'b'] },
    { claim: 'idtyp', values: ['c', 'b'] },
    /both accept 'b' in 'idtyp'/,
  ],
] as const)('issuers with one URL, where %s', (_, one, other, says) => {
  const [people, github] = issuers.value;
  if (people === undefined || github === undefined) throw new Error('no issuers');
  const value = [
    { ...people, ...(one && { when: one }) },
    { ...github, url: people.url, when: other },
  ];
  const mistakes = checkIssuers({ ...issuers, value }).map(({ message }) => message);
  expect(mistakes).toStrictEqual(says === null ? [] : [expect.stringMatching(says)]);
});

test('issuers with one URL ask for a claim of the same name', () => {
  const [people, github] = issuers.value;
  if (people === undefined || github === undefined) throw new Error('no issuers');
  const claims = { kind: ['type'], sort: ['type'] };
  const value = [
    { ...people, claims, subject: ['kind', 'sort'], when: { claim: 'kind', values: ['a'] } },
    {
      ...github,
      url: people.url,
      claims: { sort: ['type'] },
      when: { claim: 'sort', values: ['b'] },
    },
  ];
  expect(checkIssuers({ ...issuers, value }).map(({ message }) => message)).toEqual([
    expect.stringMatching(/ask for the same claim in both: 'kind'/),
  ]);
});

test('of issuers with one URL, the first may be the one that asks for a claim', () => {
  const [people, github] = issuers.value;
  if (people === undefined || github === undefined) throw new Error('no issuers');
  const value = [
    { ...people, when: { claim: 'idtyp', values: ['user'] } },
    { ...github, url: people.url },
  ];
  expect(checkIssuers({ ...issuers, value })).toEqual([]);
});

test('issuers with one URL read the claim that tells them apart in the same place', () => {
  const [people, github] = issuers.value;
  if (people === undefined || github === undefined) throw new Error('no issuers');
  const value = [
    { ...people, claims: { kind: ['ctx', 'kind'] }, when: { claim: 'kind', values: ['human'] } },
    { ...github, url: people.url, when: { claim: 'kind', values: ['job'] } },
  ];
  expect(checkIssuers({ ...issuers, value }).map(({ message }) => message)).toEqual([
    expect.stringMatching(/ask for the same claim in both: 'kind'/),
  ]);
});

test('a name for a claim is used somewhere', () => {
  const [people, github] = issuers.value;
  if (people === undefined || github === undefined) throw new Error('no issuers');
  const claims = {
    ...{ uid: ['a', 'uid'], roles: ['a', 'roles'], other: ['x'] },
    ...{ auth_time: ['a', 'at'], amr: ['a', 'amr'], acr: ['a', 'acr'] },
  };
  const value = [{ ...people, claims, subject: ['uid'], groups: ['roles'] }, github];
  expect(checkIssuers({ ...issuers, value }).map(({ message }) => message)).toEqual([
    'issuers.0.claims.other: is a name that no other field of the issuer uses',
  ]);
});

test.each([
  ['entitlements', 'has no .yaml file; add at least one'],
  ['policies', 'has no .cedar file; add at least one'],
] as const)('a bundle without %s is a mistake', (folder, message) => {
  expect(missing(folder, 0)).toEqual([{ file: folder, line: 1, message }]);
  expect(missing(folder, 1)).toEqual([]);
});
