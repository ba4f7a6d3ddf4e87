/** What a query of Athena reads, and what a table has, as paths such as `useridentity.sessioncontext.sourceidentity`. */

/** The columns that a query names: what is a text, a function, an alias or a word of SQL is none. */
export function columnsOfQuery(query: string): readonly string[] {
  const [, select = '', where = ''] = /^SELECT (.*) FROM .* WHERE (.*)$/.exec(query) ?? [];
  const named = `${select.replaceAll(/ AS [a-z]+/g, '')} ${where.replaceAll(/'[^']*'/g, '')}`;
  const inList = named.replaceAll(/transform\((\w+), r -> r\./g, '($1.');
  const found = inList.match(/(?<![\w.])[a-z][a-z.]*(?![\w(.])/g) ?? [];
  return [...new Set(found)].toSorted();
}

/** The paths in a column of a type of Hive: `struct<type:string,…>` has one for each member. */
export function pathsOf(name: string, type: string): readonly string[] {
  const [, item = type] = /^array<(.*)>$/.exec(type) ?? [];
  const [, members] = /^struct<(.*)>$/.exec(item) ?? [];
  if (members === undefined) return [name];
  return splitMembers(members).flatMap((member) => {
    const colon = member.indexOf(':');
    return pathsOf(`${name}.${member.slice(0, colon)}`, member.slice(colon + 1));
  });
}

/** At the commas that stand in no brackets of their own. */
function splitMembers(text: string): readonly string[] {
  const members = [''];
  let depth = 0;
  for (const char of text) {
    if (char === '<') depth += 1;
    if (char === '>') depth -= 1;
    if (char === ',' && depth === 0) members.push('');
    else members[members.length - 1] += char;
  }
  return members;
}
