import {
  BEGIN,
  END,
  type Line,
  lineEndOf,
  linesOf,
  SOURCE,
  sectionsOf,
  settingValue,
} from './config-lines.ts';

/**
 * Changes profiles in the text of an AWS config file, and nothing else in it. What valetkey writes is
 * between two comments; everything outside of them stays byte for byte, with its line ends. Texts are in
 * Latin-1, where every byte is one character.
 */

/** What valetkey writes into a profile. */
export type ProfileSettings = {
  readonly credential_process: string;
  readonly region?: string;
};

export type FoundProfile = {
  readonly name: string;
  /** The value of its `credential_process`; null if it has none. */
  readonly command: string | null;
  /** Whether valetkey wrote it, and so may remove it. */
  readonly marked: boolean;
};

export function profilesIn(text: string): readonly FoundProfile[] {
  const lines = linesOf(text);
  return sectionsOf(lines).flatMap(({ profile, header, end }) => {
    if (profile === null) return [];
    const body = lines.slice(header + 1, end);
    const command = body.find(({ name }) => name === 'credential_process');
    const marked = body.some(({ kind }) => kind === 'begin');
    return [
      { name: profile, command: command === undefined ? null : settingValue(command), marked },
    ];
  });
}

/**
 * Writes the settings into the profile, which is added at the end if there is none.
 *
 * @returns the new text, and which settings of the user's own it had to replace.
 */
export function withProfile(
  text: string,
  name: string,
  settings: ProfileSettings,
): { readonly text: string; readonly replaced: readonly string[] } {
  const lines = linesOf(text);
  const eol = lineEndOf(text);
  const section = sectionsOf(lines).find(({ profile }) => profile === name);
  if (section === undefined) {
    const header = name === 'default' ? '[default]' : `[profile ${name}]`;
    // Always, so that removing it leaves the file as it was.
    const gap = text === '' ? '' : eol;
    const added = [header, ...blockOf(settings)].map((line) => `${line}${eol}`).join('');
    return { text: `${ended(text, eol)}${gap}${added}`, replaced: [] };
  }
  const { ours, others } = partsOf(lines.slice(section.header + 1, section.end));
  const region = settings.region ?? ours.map(valueIfRegion).find((value) => value !== null);
  const clashes = ({ name: setting }: Line): boolean =>
    setting !== null && (SOURCE.test(setting) || (setting === 'region' && region !== undefined));
  const kept = withoutSettings(others, clashes);
  const at = kept.findLastIndex(({ kind }) => kind === 'setting' || kind === 'continued') + 1;
  const block = blockOf({ ...settings, ...(region !== undefined && { region }) });
  const before = [...lines.slice(0, section.header + 1), ...kept.slice(0, at)].map(rawOf).join('');
  const after = [...kept.slice(at), ...lines.slice(section.end)].map(rawOf).join('');
  const written = block.map((line) => `${line}${eol}`).join('');
  const replaced = others.filter(clashes).flatMap(({ name: setting }) => setting ?? []);
  return { text: `${ended(before, eol)}${written}${after}`, replaced: [...new Set(replaced)] };
}

/**
 * Removes what valetkey wrote into the profile, and the profile itself if nothing else is in it.
 *
 * @returns the new text, and which settings stay; the same text if there is nothing of valetkey's.
 */
export function withoutProfile(
  text: string,
  name: string,
): { readonly text: string; readonly left: readonly string[] } {
  const lines = linesOf(text);
  const section = sectionsOf(lines).find(({ profile }) => profile === name);
  if (section === undefined) return { text, left: [] };
  const { others } = partsOf(lines.slice(section.header + 1, section.end));
  const left = others.flatMap(({ name: setting }) => setting ?? []);
  const header = left.length > 0 ? [lines[section.header]] : [];
  const alone = left.length === 0 && lines[section.header - 1]?.kind === 'blank';
  const before = lines.slice(0, section.header - (alone ? 1 : 0));
  const kept = [...before, ...header, ...others, ...lines.slice(section.end)];
  return { text: kept.flatMap((line) => (line === undefined ? [] : rawOf(line))).join(''), left };
}

function blockOf({ credential_process, region }: ProfileSettings): readonly string[] {
  const more = region === undefined ? [] : [`region = ${region}`];
  return [BEGIN, `credential_process = ${credential_process}`, ...more, END];
}

/**
 * Divides the body of a section. Between the comments only the settings that valetkey writes are its
 * own; a line that it wrote without them, in an earlier version, is its own as well.
 */
function partsOf(body: readonly Line[]): {
  readonly ours: readonly Line[];
  readonly others: readonly Line[];
} {
  const ours: Line[] = [];
  const others: Line[] = [];
  let within = false;
  for (const line of body) {
    if (line.kind === 'begin') within = true;
    const written = within && ['credential_process', 'region'].includes(line.name ?? '');
    const marker = line.kind === 'begin' || line.kind === 'end';
    (marker || written || isEarlier(line) ? ours : others).push(line);
    if (line.kind === 'end') within = false;
  }
  return { ours, others };
}

function isEarlier(line: Line): boolean {
  return line.name === 'credential_process' && runsValetkey(settingValue(line));
}

/** Whether it is a command that `valetkey profile add` writes. */
export function runsValetkey(command: string): boolean {
  return /valetkey\S*["']? credential-process /.test(command);
}

/** Takes out settings with the lines that continue them. */
function withoutSettings(lines: readonly Line[], drops: (line: Line) => boolean): readonly Line[] {
  let dropped = false;
  return lines.filter((line) => {
    if (line.kind === 'setting') dropped = drops(line);
    return !(dropped && (line.kind === 'setting' || line.kind === 'continued'));
  });
}

function valueIfRegion(line: Line): string | null {
  return line.name === 'region' ? settingValue(line) : null;
}

function rawOf({ raw }: Line): string {
  return raw;
}

function ended(text: string, eol: string): string {
  return text === '' || /[\r\n]$/.test(text) ? text : `${text}${eol}`;
}
