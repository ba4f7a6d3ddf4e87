/**
 * What Cedar's engine bears. A policy beyond it does not fail: it breaks the engine's stack, after which
 * every other policy fails too, so nothing beyond it may reach the engine. The limits are about half of what breaks it.
 */
const MOST_CHARACTERS = 1_000_000;
const DEEPEST = 30;
const MOST_OPERATORS = 200;
const MOST_DOTS = 1000;

export type Excess = { readonly offset: number; readonly message: string };

/** Texts and comments, of which nothing counts; and what a policy's depth is made of. */
const TOKENS =
  /"(?:[^"\\\n]+|\\[\s\S]|\n)*"?|\/\/[^\n]*|\bhas\s+\w+(?:\s*\.\s*\w+)*|\b(?:if|when|unless)\b|&&|\|\||[-+*.;()[\]{}]/g;

/** The first policy of a text that the engine could not read; null if there is none. */
export function excessIn(text: string): Excess | null {
  if (text.length > MOST_CHARACTERS) {
    return { offset: 0, message: `is longer than ${MOST_CHARACTERS} characters; split the file` };
  }
  let [start, depth, operators, dots] = [0, 0, 0, 0];
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    if (token === ';') {
      start = index + 1;
      [depth, operators, dots] = [0, 0, 0];
    } else if ('([{'.includes(token)) depth += 1;
    else if (')]}'.includes(token)) depth = Math.max(0, depth - 1);
    else if (token === '.') dots += 1;
    else if (token.startsWith('has')) operators += token.split('.').length - 1;
    else if (!/^["/]/.test(token)) operators += 1;
    const message = excessOf(depth, operators, dots);
    if (message !== null) return { offset: start + beginOf(text.slice(start, index)), message };
  }
  return null;
}

function excessOf(depth: number, operators: number, dots: number): string | null {
  if (depth > DEEPEST)
    return `a policy has more than ${DEEPEST} brackets inside each other; ${HINT}`;
  if (operators > MOST_OPERATORS) {
    return `a policy has more than ${MOST_OPERATORS} operators, clauses and ifs; ${HINT}`;
  }
  return dots > MOST_DOTS ? `a policy has more than ${MOST_DOTS} dots; ${HINT}` : null;
}

const HINT = 'write a list, such as ["a", "b"].contains(…), or several policies';

/** Where a text begins, after blanks. */
function beginOf(text: string): number {
  return text.length - text.trimStart().length;
}
