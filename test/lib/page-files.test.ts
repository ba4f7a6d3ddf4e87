import { createHash } from 'node:crypto';
import { brotliDecompressSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { buildPage, type Page, pack } from '../../lib/page-files.ts';

let page: Page;
beforeAll(() => {
  page = buildPage();
});

const linked = (): string[] =>
  [...page.html.matchAll(/(?:href|src)="\.\/assets\/([^"]+)"/g)].map(([, name = '']) => name);

const bytesOf = (name: string): Uint8Array => {
  const found = page.assets.find((asset) => asset.name === name);
  if (found === undefined) throw new Error(`no file ${name}`);
  return found.bytes;
};

describe('the page as it is served', () => {
  test('loads at most 250 kB of scripts before the first view, compressed with gzip', () => {
    const scripts = linked().filter((name) => name.endsWith('.js'));
    expect(scripts.length).toBeGreaterThan(2);
    const sizes = scripts.map((name) => gzipSync(bytesOf(name), { level: 9 }).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(250_000);
  });

  test('names the hash of every script and style sheet that it loads', () => {
    const loaded = [...page.html.matchAll(/assets\/([^"]+)" integrity="sha384-([^"]+)"/g)];
    expect(loaded.map(([, name]) => name).toSorted()).toEqual(
      linked()
        .filter((name) => !name.endsWith('.svg'))
        .toSorted(),
    );
    for (const [, name = '', hash] of loaded) {
      expect(createHash('sha384').update(bytesOf(name)).digest('base64')).toBe(hash);
    }
  });

  test('has no inline script or style, and nothing of another origin', () => {
    expect(page.html).not.toMatch(/<style|<script(?![^>]*src=)|\son\w+=|\sstyle=/);
    expect(page.html).not.toMatch(/(?:href|src)="(?!\.\/assets\/)/);
    expect(page.html).not.toContain('{{');
  });

  test('evaluates no text', () => {
    for (const { name, bytes } of page.assets) {
      if (name.endsWith('.js'))
        expect(Buffer.from(bytes).toString()).not.toMatch(/\beval\(|new Function\(/);
    }
  });

  test('has the hash of its bytes in every name, so that a changed file has another', () => {
    for (const { name } of page.assets)
      expect(name).toMatch(/^[\w-]+-[A-Z0-9]{8}\.(js|css|svg|wasm)$/);
    expect(new Set(page.assets.map(({ name }) => name)).size).toBe(page.assets.length);
  });

  test('is the same when it is built again, so that a deployment without changes changes nothing', () => {
    expect(buildPage().html).toBe(page.html);
  });

  test('is packed without loss', () => {
    const [first] = page.assets;
    const bytes = first?.bytes ?? new Uint8Array();
    expect(brotliDecompressSync(pack(bytes)).equals(bytes)).toBe(true);
  });
});
