import { caseErrors, expected, got } from '../../core/policy/case-errors.ts';
import type { CaseResult } from '../../core/policy/run-cases.ts';

/** The results as JUnit XML, which CI systems read: one suite per file of cases. */
export function junitXml(results: readonly CaseResult[], seconds: number): string {
  const files = [...new Set(results.map(({ located }) => located.file))];
  const each = results.length === 0 ? 0 : seconds / results.length;
  const suites = files.map((file) => {
    const own = results.filter(({ located }) => located.file === file);
    const tests = own.map((result) => testCase(result, each)).join('\n');
    const about = attributes({ name: file, ...totals(own), time: time(each * own.length) });
    return `  <testsuite ${about}>\n${tests}\n  </testsuite>`;
  });
  const all = attributes({ name: 'valetkey policy test', ...totals(results), time: time(seconds) });
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites ${all}>`, ...suites];
  return `${[...lines, '</testsuites>'].join('\n')}\n`;
}

function testCase(one: CaseResult, seconds: number): string {
  const { located, result } = one;
  const { name, expect } = located.value;
  const about = attributes({
    name,
    classname: located.file,
    file: located.file,
    line: String(located.line),
    time: time(seconds),
  });
  if (result.status === 'passed') return `    <testcase ${about} />`;
  const message = caseErrors([one])
    .map((error) => `${error.file}:${error.line}: ${error.message}`)
    .join('\n');
  const [element, body] =
    result.status === 'failed'
      ? ['failure', `expected ${expected(expect)}\ngot      ${got(result.decision)}`]
      : ['error', message];
  const child = `<${element} ${attributes({ message })}>${escapeXml(body)}</${element}>`;
  return `    <testcase ${about}>\n      ${child}\n    </testcase>`;
}

function totals(results: readonly CaseResult[]): Record<string, string> {
  const number = (status: string): string =>
    String(results.filter(({ result }) => result.status === status).length);
  return { tests: String(results.length), failures: number('failed'), errors: number('invalid') };
}

function time(seconds: number): string {
  return seconds.toFixed(4);
}

function attributes(all: Readonly<Record<string, string>>): string {
  return Object.entries(all)
    .map(([name, value]) => `${name}="${escapeXml(value)}"`)
    .join(' ');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

/** Drops most control characters, which XML 1.0 cannot represent (XML 1.0, section 2.2). */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"\n]/g, (character) => ENTITIES[character] ?? '');
}
