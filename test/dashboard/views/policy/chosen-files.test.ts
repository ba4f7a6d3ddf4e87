import { expect, test } from '@jest/globals';
import { type Chosen, readChosen } from '../../../../dashboard/views/policy/chosen-files.ts';

const file = (path: string, text = ''): Chosen => ({
  name: path.split('/').at(-1) ?? '',
  webkitRelativePath: path.includes('/') ? path : '',
  text: async () => text,
});

async function paths(files: readonly Chosen[]) {
  const read = await readChosen(files);
  return read.ok ? read.value.map(([path]) => path) : read.error;
}

test('a folder is read from where issuers.yaml is, without what is beside it', async () => {
  const folder = [
    'README.md',
    'policy/issuers.yaml',
    'policy/cases/a.yaml',
    'policy/policies/a.cedar',
  ];
  const chosen = [...folder, 'policy/.github/x.yaml', 'test/issuers/deep/issuers.yaml'];
  expect(await paths(chosen.map((path) => file(`repository/${path}`)))).toEqual([
    ...['issuers.yaml', 'policies/a.cedar', 'cases/a.yaml'],
  ]);
});

test('single files find their places by what they are', async () => {
  const cases = '# yaml-language-server: x\n---\n\n- name: a case';
  expect(
    await paths([
      ...[file('issuers.yaml'), file('limits.yaml'), file('a.cedar'), file('a.yaml', 'id: a')],
      file('b.yml', cases),
    ]),
  ).toEqual([
    ...['issuers.yaml', 'limits.yaml', 'entitlements/a.yaml', 'policies/a.cedar', 'cases/b.yml'],
  ]);
});

test.each([
  ['no issuers', [file('a.cedar')], 'There is no issuers.yaml'],
  [
    'a rule that would be ignored',
    [file('p/issuers.yaml'), file('p/policies/x/a.cedar')],
    'ignored',
  ],
  ['a whole disk', Array.from({ length: 5001 }, () => file('x')), '5001 files'],
])('%s is refused', async (_, files, why) => {
  expect(await paths(files)).toContain(why);
});
