import type { ScalarTag, Tags } from 'yaml';

/** Whole numbers and decimals that are written as they are printed. Fifteen digits are always exact. */
const WHOLE = /^(0|-?[1-9][0-9]{0,14})$/;
const DECIMAL = /^-?(0|[1-9][0-9]{0,8})\.[0-9]{0,5}[1-9]$/;

const number = (tag: 'int' | 'float', test: RegExp): ScalarTag => ({
  tag: `tag:yaml.org,2002:${tag}`,
  default: true,
  test,
  resolve: Number,
});

/**
 * YAML's own tags, except that a text without quotes is a number, a boolean or null only where nothing of
 * it is lost: `012345678901` stays the account that it names, `1.10` does not become 1.1, `True` stays the
 * value of a tag that it is, and `Null` the operator of IAM. What needs another type and gets such a text
 * says so.
 */
export function exactScalars(tags: Tags): Tags {
  const others = tags.filter((tag) => typeof tag === 'string' || !/:(int|float)/.test(tag.tag));
  return [
    ...others.map((tag) => {
      if (typeof tag === 'string') return tag;
      if (tag.tag.endsWith(':null')) return { ...tag, test: /^(~|null)?$/ };
      return tag.tag.endsWith(':bool') ? { ...tag, test: /^(true|false)$/ } : tag;
    }),
    number('int', WHOLE),
    number('float', DECIMAL),
  ] as Tags;
}
