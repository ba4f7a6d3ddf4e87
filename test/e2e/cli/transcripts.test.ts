import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Browser } from '../../local/issuer-client.ts';
import { type Block, blocksOf, type Step, stepsOf, wordsOf } from '../../support/documentation.ts';
import { type Home, newHome } from '../../support/run-command.ts';
import { CI_CLAIMS, stack, tokenFor } from '../support.ts';

/**
 * Types what the README and docs/first-use.md show, as the people of those pages, and compares what the command
 * prints. The AWS CLI is no requirement of the tests: where the page runs it under keys, `true` runs instead, and
 * the page's lines are its own.
 */

const GROUPS = { ana: 'platform developers', bo: 'database' };
const homes: { ana: Home; bo: Home; job: Home } = { ana: newHome(), bo: newHome(), job: newHome() };
let jobToken = '';
let strangerToken = '';
/** The request that waits for approval. */
let grant = '';

const ADDRESSES = () => ({
  AWS_ENDPOINT_URL: stack().emulatorUrl,
  AWS_REGION: stack().region,
});

beforeAll(async () => {
  jobToken = await tokenFor('github', CI_CLAIMS);
  strangerToken = await tokenFor('github', { ...CI_CLAIMS, event_name: 'pull_request' });
});
afterAll(() => {
  for (const home of Object.values(homes)) home.remove();
});

/** One form for what differs from run to run: ids, times, ports, codes and paths. */
const comparable = (text: string): string =>
  text
    .replaceAll(/gr_[0-9a-z]{20}/g, 'GRANT')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/\(in -?\d+ (?:s|min)\)/g, '(in a while)')
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+\/(?:broker|_aws\/execute-api\/\w+)/g, 'BROKER')
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'HOST')
    .replaceAll(/[A-Z]{4}-[A-Z]{4}/g, 'CODE')
    .replaceAll(/\d\d:\d\d:\d\d left/g, 'a while left')
    .replaceAll(/\/(?:home\/ana|tmp|var)\/\S+?(?=\.? |$)/gm, 'PATH')
    .replaceAll(/\d+ s (?:ahead of|behind)/g, 'N s ahead of')
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim();

/** What follows `valetkey` in a line, with the grant of this run and without the AWS CLI. */
function argumentsOf(command: string): readonly string[] {
  const [, rest = ''] = /(?:^|; )valetkey (.*)$/.exec(command) ?? [];
  const words = wordsOf(rest).map((word) => word.replace(/^gr_[0-9a-z]+$/, grant));
  const separator = words.indexOf('--');
  if (words[0] === 'configure') return ['configure', stack().apiUrl];
  return separator < 0 ? words : [...words.slice(0, separator), '--', 'true'];
}

const usesAws = (command: string): boolean => /(^| )aws /.test(command.replaceAll(/"[^"]*"/g, ''));

/** The answers of the AWS CLI are not ours; a line of ours that a page shows with them begins with our name. */
function shown({ command, output }: Step): string {
  if (!usesAws(command)) return output;
  return output
    .split('\n')
    .filter((line) => /^(valetkey: |gr_)/.test(line))
    .join('\n');
}

async function signIn(who: 'ana' | 'bo'): Promise<string> {
  const login = homes[who].start(['login', '--device'], ADDRESSES());
  const [, url = ''] = await login.says(/or open (\S+)/);
  await new Browser().signIn(url, { user: who, groups: GROUPS[who], mfa: 'on' });
  const { out, err } = await login.finished;
  return err + out;
}

type Finished = Awaited<ReturnType<Home['run']>>;

function textOf({ code, out, err }: Finished): string {
  return `${out}${err}${code === 0 ? '' : `(exit code ${code})`}`;
}

async function printed(who: 'ana' | 'bo', { command }: Step): Promise<string> {
  const args = argumentsOf(command);
  if (args[0] === 'login') return signIn(who);
  return textOf(await homes[who].run(args, ADDRESSES()));
}

const transcripts = (page: string): readonly Block[] =>
  blocksOf(page).filter((block) => block.language === '' && /^\$ valetkey|^"/m.test(block.text));
const [developer, waiting, approver, again] = transcripts('docs/first-use.md');
const job = blocksOf('docs/first-use.md').find(({ text }) => text.includes('valetkey ci exec'));
const readme = transcripts('README.md')[0];

/** Steps that the AWS CLI alone takes, or that fail because it does. */
const skipped = ({ command, output }: Step): boolean =>
  !command.includes('valetkey ') || (usesAws(command) && output.includes('fatal error'));

async function compare(who: 'ana' | 'bo', block: Block | undefined): Promise<void> {
  const steps = block === undefined ? [] : stepsOf(block).filter((step) => !skipped(step));
  expect(steps.length).toBeGreaterThan(0);
  for (const step of steps) {
    const printedNow = comparable(await printed(who, step));
    // The README leaves exit codes out.
    const text = block?.page === 'README.md' ? printedNow.replace(/\n\(exit.*$/, '') : printedNow;
    const lines = text.split('\n');
    const wanted = comparable(shown(step));
    // Approvers see the requests of other tests as well.
    const others = step.command.endsWith('--reviewable');
    const found = others
      ? wanted
          .split('\n')
          .filter((line) => lines.includes(line))
          .join('\n')
      : text;
    expect(`$ ${step.command}\n${found}`).toBe(`$ ${step.command}\n${wanted}`);
  }
}

test('docs/first-use.md shows what a developer sees', () => compare('ana', developer), 120_000);

test('the README shows the same', () => compare('ana', readme), 60_000);

test('docs/first-use.md shows a request that waits, its approver, and its end', async () => {
  const [step] = waiting === undefined ? [] : stepsOf(waiting);
  const exec = homes.ana.start(argumentsOf(step?.command ?? ''), ADDRESSES());
  const [line] = await exec.says(/^gr_\w+ is waiting.*$/m);
  grant = line.slice(0, line.indexOf(' '));
  expect(comparable(line)).toBe(comparable(step?.output ?? ''));
  await compare('bo', approver);
  expect((await exec.finished).code).toBe(0);
  const [events] = again === undefined ? [] : stepsOf(again);
  let trail = '';
  for (let tries = 0; tries < 40 && !/ revoked {2}/.test(trail); tries += 1) {
    trail = await printed('ana', { command: `valetkey events ${grant}`, output: '' });
  }
  expect(comparable(trail)).toBe(comparable(events?.output ?? ''));
}, 120_000);

test('docs/first-use.md shows what a CI job sees', async () => {
  const steps = job === undefined ? [] : stepsOf(job);
  expect(steps).toHaveLength(3);
  for (const [index, step] of steps.entries()) {
    const VALETKEY_TOKEN = index === steps.length - 1 ? strangerToken : jobToken;
    const finished = await homes.job.run(argumentsOf(step.command), {
      ...ADDRESSES(),
      VALETKEY_TOKEN,
      VALETKEY_BROKER: stack().apiUrl,
    });
    expect(comparable(textOf(finished))).toBe(comparable(shown(step)));
  }
});
