import { execFile } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { publicApi } from '../../tools/api-declarations.ts';
import { constructExamples } from '../../tools/constructs-page.ts';

const run = promisify(execFile);
const examples = constructExamples();

mkdirSync('.cache', { recursive: true });
/** Inside the project, where the examples find the CDK. */
const folder = mkdtempSync('.cache/constructs-');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the examples of the constructs', () => {
  beforeAll(() => {
    for (const [name, code] of examples) {
      const text = code.replace("'valetkey/constructs'", "'../../lib/constructs.ts'");
      writeFileSync(join(folder, `${name}.ts`), text);
    }
    const all = examples.map(([name]) => `import './${name}.ts';`);
    writeFileSync(join(folder, 'all.ts'), all.join('\n'));
    const config = { extends: '../../tsconfig.json', include: ['*.ts'] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  });

  test('compile', async () => {
    await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', folder]);
  }, 60_000);

  test('synthesise the roles that they show', async () => {
    // An app synthesises on exit where the CDK's command line says into which folder.
    const env = { ...process.env, CDK_OUTDIR: join(folder, 'out') };
    await run(process.execPath, [join(folder, 'all.ts')], { env });
    const templates = globSync(`${folder}/out/*.template.json`);
    expect(templates).toHaveLength(examples.length);
    const made = templates.map((file) => readFileSync(file, 'utf8')).join('\n');
    for (const [, code] of examples) {
      const roles = Array.from(
        code.matchAll(/\b(?:name|roleName): '([a-z]+)'/g),
        ([, role]) => role,
      );
      expect(roles).not.toEqual([]);
      for (const role of roles) expect(made).toContain(`"RoleName": "${role}"`);
    }
  }, 60_000);
});

describe('the public API', () => {
  const written = (source: string): string => {
    writeFileSync(join(folder, 'part.ts'), source);
    writeFileSync(join(folder, 'entry.ts'), "export { type Part } from './part.ts';");
    return join(folder, 'entry.ts');
  };

  test('is read with its doc comments', () => {
    const entry = written(`/** A part. */
export type Part = Base & {
  /**
   * How big it is.
   *
   * @default - as big as fits
   */
  readonly size?: number;
};
/** Not exported by the entry. */
export type Other = { readonly hidden: true };`);
    const size = { text: 'How big it is.', tags: { default: '- as big as fits' } };
    expect(publicApi(entry)).toEqual([
      {
        name: 'Part',
        doc: { text: 'A part.', tags: {} },
        base: 'Base',
        members: [{ name: 'size', signature: ': number', optional: true, doc: size }],
      },
    ]);
  });

  test.each([
    ['a type', 'export type Part = { /** a */ readonly a: string };', 'Part has no doc comment'],
    ['a field', '/** A part. */ export type Part = { readonly a: string };', 'Part.a has no doc'],
    [
      'a default',
      '/** A part. */ export type Part = { /** a */ readonly a?: string };',
      'Part.a has no @default',
    ],
  ])('is refused with %s undocumented', (_, source, message) => {
    expect(() => publicApi(written(source))).toThrow(message);
  });
});
