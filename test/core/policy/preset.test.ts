import { describe, expect, test } from '@jest/globals';
import { bundleOf, type Preset, readPreset } from '../../../core/policy/preset.ts';
import { err } from '../../../core/result.ts';

const made = (changes: Partial<Preset> = {}): Preset => ({
  name: 'forge',
  title: 'The forge',
  for: 'jobs',
  sources: ['https://forge.example/docs'],
  token: {},
  issuers: '- id: forge\n\n  type: Workload\n',
  entitlements: ['id: forge-deploy\ntitle: Deploy\n'],
  policies: '@id("forge-deploys")\n',
  cases: '- name: it deploys\n',
  ...changes,
});

const filesOf = (...presets: readonly Preset[]) => {
  const files = bundleOf(presets);
  if (!files.ok) throw new Error(files.error);
  return files.value;
};

describe('a bundle of presets', () => {
  test('has one list of issuers, with their sources, and files of each preset', () => {
    const sources = ['https://forge.example/docs', 'https://forge.example/claims'];
    const files = filesOf(
      made({ sources }),
      made({ name: 'mill', title: 'The mill', entitlements: [] }),
    );
    expect([...files.keys()]).toEqual([
      'issuers.yaml',
      'entitlements/forge-deploy.yaml',
      'policies/forge.cedar',
      'cases/forge.yaml',
      'policies/mill.cedar',
      'cases/mill.yaml',
    ]);
    expect(files.get('issuers.yaml')).toMatch(
      /\nissuers:\n {2}# The forge\. Claims: https:\/\/forge\.example\/docs https:\/\/forge\.example\/claims\n {2}- id: forge\n\n {4}type: Workload\n\n {2}# The mill/,
    );
  });

  test('has once what two presets share, and not two texts under one name', () => {
    expect(filesOf(made(), made({ name: 'mill' })).size).toBe(6);
    const other = made({ name: 'mill', entitlements: ['id: forge-deploy\ntitle: Other\n'] });
    expect(bundleOf([made(), other])).toEqual(err('entitlements/forge-deploy.yaml'));
  });

  test.each([
    ['title: Deploy\n', 'forge'],
    ['id: not.valid\n', 'forge'],
    ['id:   deploy  \n', 'deploy'],
    ['# The id: other\nid: deploy\n', 'deploy'],
  ])(
    'names an entitlement by its id, or after its preset, so that the compiler finds it: %j',
    (text, name) => {
      expect(filesOf(made({ entitlements: [text] })).has(`entitlements/${name}.yaml`)).toBe(true);
    },
  );
});

test('a file with a mistake is refused, with its line', () => {
  const { name: _, ...file } = made();
  const text = (changes: object) => JSON.stringify({ ...file, ...changes }, null, 1);
  expect(readPreset('forge', 'forge.yaml', text({}))).toMatchObject({ ok: true, value: made() });
  for (const [changes, field] of [
    [{ for: 'robots' }, 'for'],
    [{ sources: [] }, 'sources'],
    [{ sources: ['no address'] }, 'sources.0: is not the address of a page'],
    [{ entitlements: [] }, 'entitlements'],
    [{ cases: '' }, 'cases'],
    [{ policy: 'x' }, 'policy'],
  ] as const) {
    const read = readPreset('forge', 'forge.yaml', text(changes));
    expect(read.ok ? '' : read.error[0]?.message).toContain(field);
    expect(read).toMatchObject({ error: [{ file: 'forge.yaml', line: expect.any(Number) }] });
  }
});
