import { describe, expect, test } from '@jest/globals';
import { type Issuer, issuerOf } from '../../core/issuer.ts';

const issuer = (id: string): Issuer => ({
  ...{ id, type: 'User', url: 'https://x.example', audience: ['a'], subject: ['sub'], name: 'n' },
});
const ISSUERS = [issuer('people'), issuer('ci')];

describe('the issuer of a principal', () => {
  test.each([
    ['people:ana', 'people'],
    ['ci:1/2', 'ci'],
    ['ci:arn:aws:iam::111122223333:role/deploy', 'ci'],
    ['people::', 'people'],
  ])('of %s is %s', (id, expected) => {
    expect(issuerOf(id, ISSUERS)?.id).toBe(expected);
  });

  test.each([
    '',
    'people',
    'people:',
    ':ana',
    'People:ana',
    'robots:ana',
    'peopl:ana',
    'people/ana',
  ])('is unknown for %p', (id) => {
    expect(issuerOf(id, ISSUERS)).toBeNull();
  });
});
