import type { YAMLError } from 'yaml';
import { ODD_BLANK } from './describe-issue.ts';

const UNKNOWN = 'is not YAML; check quotes, brackets, colons and indentation here';

/** What is wrong with a text that is not YAML, in words for its author: where the parser stopped, and what to write. */
export function describeYaml({ code, message }: YAMLError, line: string): string {
  if (/^[ \t]*[\u00a0\u200b\ufeff]/.test(line)) return ODD_BLANK;
  if (/(^|[\s:,[])\*\s*(?=[,\]}]|$)/.test(line)) return "has a * without quotes; write '*'";
  switch (code) {
    case 'DUPLICATE_KEY':
      return 'has a key that is there already; keys must be unique';
    case 'MULTIPLE_DOCS':
      return 'begins a second document; write each in a file of its own';
    case 'TAB_AS_INDENT':
      return 'is indented by a tab; use spaces';
    case 'TAG_RESOLVE_FAILED':
      return `has the tag ${tagIn(message)}, which is not known here; write the value itself, with {{account}}, {{region}} or a parameter for what varies`;
    case 'BAD_DQ_ESCAPE':
      return "has a backslash in double quotes that escapes nothing; use single quotes: '…'";
    case 'BAD_SCALAR_START':
      return `begins with ${characterIn(message)}, which needs quotes around the text`;
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'has a second colon; put quotes around a text that contains ": "';
    case 'BAD_INDENT':
      if (!/same column/.test(message)) {
        return 'ends inside brackets; close them, and indent the closing bracket like the lines inside';
      }
      return /^\s*[[{]/.test(line)
        ? 'begins a second value after one that ended; write both as one list'
        : 'is indented differently from the lines that it belongs to';
    case 'MISSING_CHAR':
      if (/quote/.test(message)) return 'comes after a quote that is not closed';
      return /Missing ,/.test(message)
        ? 'needs a comma before it, at the end of the value above'
        : 'has a text without a colon where a name and a value belong; write name: value';
    case 'MULTILINE_IMPLICIT_KEY':
      return 'runs on into the next line; a comma or a colon is missing at its end';
    case 'UNEXPECTED_TOKEN':
      return /flow-(map|seq)-end/.test(message)
        ? 'has a bracket that closes nothing; remove it'
        : UNKNOWN;
    case 'BAD_ALIAS':
    case 'ALIAS_PROPS':
      return 'has a * or & that means something else in YAML; put quotes around the text';
    default:
      return UNKNOWN;
  }
}

function tagIn(message: string): string {
  return /![^\s]*/.exec(message)?.[0] ?? '!';
}

function characterIn(message: string): string {
  return /character (\S)/.exec(message)?.[1] ?? 'a reserved character';
}
