/** Reads the text of an AWS config file line by line, as botocore and the other SDKs agree to. */

/** What valetkey writes is between these comments. */
export const BEGIN = '# valetkey begin: changed by `valetkey profile`';
export const END = '# valetkey end';

/** Settings that say where keys come from; SDKs prefer some of them to `credential_process`. */
export const SOURCE =
  /^(aws_access_key_id|aws_secret_access_key|aws_session_token|credential_process|credential_source|role_arn|source_profile|web_identity_token_file|sso_\w+|login_session)$/;

export type Line = {
  /** With its line end. */
  readonly raw: string;
  readonly kind: 'header' | 'setting' | 'continued' | 'comment' | 'blank' | 'begin' | 'end';
  /** Of a setting, in lower case. */
  readonly name: string | null;
  readonly indent: number;
};

type Section = { readonly header: number; readonly end: number; readonly profile: string | null };

export function linesOf(text: string): readonly Line[] {
  const raws = text.match(/[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$/g) ?? [];
  let above: Line | null = null;
  return raws.map((raw) => {
    const line = lineOf(raw, above);
    if (line.kind === 'header' || line.kind === 'setting') above = line;
    return line;
  });
}

function lineOf(raw: string, above: Line | null): Line {
  const text = raw.replace(/[\r\n]+$/, '').replace(/^\xef\xbb\xbf/, '');
  const indent = text.length - text.trimStart().length;
  const of = (kind: Line['kind'], name: string | null = null) => ({ raw, kind, name, indent });
  if (text.trim() === '') return of('blank');
  if (text === BEGIN) return of('begin');
  if (text === END) return of('end');
  if (/^\s*[#;]/.test(text)) return of('comment');
  if (/^\s*\[/.test(text)) return of('header');
  const name = /^\s*([^\s=:]+)\s*[=:]/.exec(text)?.[1]?.toLowerCase() ?? null;
  // A line that is indented deeper than the setting above belongs to it. Not all SDKs say so of those
  // that give keys.
  const deeper = above?.kind === 'setting' && indent > above.indent;
  if (name === null || (deeper && !SOURCE.test(name))) return of('continued');
  return of('setting', name);
}

export function sectionsOf(lines: readonly Line[]): readonly Section[] {
  const headers = lines.flatMap(({ kind }, at) => (kind === 'header' ? [at] : []));
  return headers.map((header, at) => ({
    header,
    end: headers[at + 1] ?? lines.length,
    profile: profileOf(lines[header]?.raw ?? ''),
  }));
}

/** `[default]`, `[profile x]`, `[profile "x"]` and `[ profile  x ]`; null for other sections. */
function profileOf(raw: string): string | null {
  const inside = /\[\s*([^\]]*?)\s*\]/.exec(raw)?.[1] ?? '';
  if (/^(['"]?)default\1$/.test(inside)) return 'default';
  return /^profile\s+(['"]?)(.+)\1$/.exec(inside)?.[2]?.trim() ?? null;
}

export function settingValue({ raw }: Line): string {
  return /[=:]\s*(.*?)\s*$/s.exec(raw)?.[1] ?? '';
}

export function lineEndOf(text: string): string {
  return /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
}
