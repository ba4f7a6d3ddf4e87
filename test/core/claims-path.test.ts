import { describe, expect, test } from '@jest/globals';
import { principalIdFromPath } from '../../core/claims.ts';
import type { Issuer } from '../../core/issuer.ts';

const issuer = (id: string, subject: readonly string[]): Issuer => ({
  ...{ id, subject, type: 'User', url: 'https://x.example', audience: 'a', name: 'n', tags: [] },
});
const ISSUERS = [issuer('people', ['sub']), issuer('ci', ['owner', 'repository'])];

describe('the principal that a path names', () => {
  test.each([
    ['people:ana', 'people:ana'],
    ['people%3Aana', 'people:ana'],
    ['people:ana%40acme.example', 'people:ana@acme.example'],
    ['ci:1/2', 'ci:1/2'],
    ['ci:1%2F2', 'ci:1/2'],
    ['ci%3A1%2F2', 'ci:1/2'],
    ['ci%253A1%252F2', 'ci:1/2'],
    // The owner's own name holds a slash: its encoding is part of the id.
    ['ci:a%2Fb/c', 'ci:a%2Fb/c'],
    ['ci%3Aa%252Fb%2Fc', 'ci:a%2Fb/c'],
    // No id is written like this: a claim is encoded in one way only, is never empty, and has no colon.
    ['ci:a%21b/c', 'ci:a!b/c'],
    ['ci:/a%2Fb', 'ci:/a/b'],
    ['ci:1:%2Fx/2', 'ci:1:/x/2'],
    ['gone:x%2Fy', 'gone:x/y'],
    ['%', '%'],
  ])('%s is %s', (text, id) => {
    expect(principalIdFromPath(text, ISSUERS)).toBe(id);
  });
});
