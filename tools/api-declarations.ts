import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ParseResult, parse } from '@babel/parser';

/** A doc comment: its text, and its tags (`@param`, `@returns`, `@throws`, `@default`, `@example`). */
export type Doc = { readonly text: string; readonly tags: Readonly<Record<string, string>> };

/** A field, a method, or the constructor, whose parameters the class documents. */
export type Member = {
  readonly name: string;
  /** As in the source: `: string` for a field, `(name: string): iam.Role` for a method. */
  readonly signature: string;
  readonly optional: boolean;
  readonly doc: Doc;
};

export type Declaration = {
  readonly name: string;
  readonly doc: Doc;
  /** What it extends, as in the source. */
  readonly base: string | null;
  readonly members: readonly Member[];
};

/**
 * Reads the classes and types that a file re-exports by name. Babel parses them, because TypeScript 7 has
 * no stable compiler API for the usual generators (docs/decisions/0017-constructs-reference.md).
 *
 * @throws Error if one of them or a public member has no doc comment, or an optional field no `@default`
 */
export function publicApi(entry: string): readonly Declaration[] {
  return parsed(entry).body.flatMap((node) => {
    if (node.type !== 'ExportNamedDeclaration' || !node.source) return [];
    const names = node.specifiers.flatMap((one) => ('local' in one ? [one.local.name] : []));
    return declarationsIn(join(dirname(entry), node.source.value), names);
  });
}

type Program = ParseResult['program'];
type Statement = Program['body'][number];
type Node = Pick<Statement, 'start' | 'end' | 'leadingComments'>;

function parsed(file: string): Program {
  const text = readFileSync(file, 'utf8');
  return parse(text, { sourceType: 'module', plugins: ['typescript'] }).program;
}

function declarationsIn(file: string, names: readonly string[]): readonly Declaration[] {
  const text = readFileSync(file, 'utf8');
  return parsed(file).body.flatMap((statement) => {
    const { name, base, nodes } = partsOf(statement, text);
    if (!names.includes(name)) return [];
    const members = nodes.flatMap((node) => memberOf(node, name, text));
    return [{ name, doc: docOf(statement, name), base, members }];
  });
}

type Parts = Pick<Declaration, 'name' | 'base'> & { readonly nodes: readonly Node[] };

/** The parts of an exported class, or of a type that is an object or another type and an object. */
function partsOf(statement: Statement, text: string): Parts {
  const node = statement.type === 'ExportNamedDeclaration' ? statement.declaration : null;
  if (node?.type === 'ClassDeclaration') {
    const { id, superClass, body } = node;
    return { name: sourceOf(id, text), base: sourceOf(superClass, text) || null, nodes: body.body };
  }
  if (node?.type !== 'TSTypeAliasDeclaration') return { name: '', base: null, nodes: [] };
  const { id, typeAnnotation: type } = node;
  const parts = type.type === 'TSIntersectionType' ? type.types : [type];
  const base = parts.find((part) => part.type === 'TSTypeReference');
  const nodes = parts.flatMap((part) => (part.type === 'TSTypeLiteral' ? part.members : []));
  return { name: id.name, base: sourceOf(base, text) || null, nodes };
}

/** A member as its source reads before its body: `readonly path?: string;`, `role(name: string): Role`. */
function memberOf(node: Node, owner: string, text: string): readonly Member[] {
  const end = 'body' in node ? (node.body as Node).start : node.end;
  const source = sourceOf({ start: node.start, end }, text).replaceAll(/\s+/g, ' ');
  if (source.startsWith('private ')) return [];
  const [, name = '', mark, signature = ''] =
    /^(?:readonly )?(\w+)(\?)?(.*?);? ?$/.exec(source) ?? [];
  const doc = name === 'constructor' ? NO_DOC : docOf(node, `${owner}.${name}`);
  const optional = mark !== undefined;
  if (optional && doc.tags['default'] === undefined)
    throw new Error(`${owner}.${name} has no @default`);
  return [{ name, signature, optional, doc }];
}

const NO_DOC: Doc = { text: '', tags: {} };

type Span = {
  readonly start?: number | null | undefined;
  readonly end?: number | null | undefined;
};

function sourceOf(node: Span | null | undefined, text: string): string {
  return text.slice(node?.start ?? 0, node?.end ?? 0);
}

function docOf(node: Node, name: string): Doc {
  const comment = node.leadingComments?.at(-1)?.value;
  if (!comment?.startsWith('*')) throw new Error(`${name} has no doc comment`);
  const lines = comment.slice(1).replaceAll(/^\s*\* ?/gm, '');
  const [text = '', ...tags] = lines.split(/^@(?=[a-z]+\b)/m);
  const entries = tags.map((tag) => {
    const [, key = '', value = ''] = /^([a-z]+)\s*([\s\S]*)$/.exec(tag) ?? [];
    return [key, value.trim()] as const;
  });
  return { text: text.trim(), tags: Object.fromEntries(entries) };
}
