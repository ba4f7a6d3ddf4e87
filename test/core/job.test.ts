import { describe, expect, test } from '@jest/globals';
import { isOfJob, jobOf, missingJobClaims } from '../../core/job.ts';

const workload = (tags: Readonly<Record<string, string>>) => ({ type: 'Workload', tags }) as const;
const BINDING = { job: ['repository_id', 'run_id'] };

describe('the job of a workload', () => {
  test('is the values of the claims that the entitlement names, which two jobs never share', () => {
    expect(jobOf(workload({ run_id: '2', repository_id: '1' }), BINDING)).toBe('1/2');
    expect(jobOf(workload({ repository_id: 'a/b', run_id: 'c' }), BINDING)).toBe('a%2Fb/c');
    expect(jobOf(workload({ repository_id: 'a', run_id: 'b/c' }), BINDING)).toBe('a/b%2Fc');
  });

  test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['lacks a claim', { repository_id: '1' }, ['run_id']],
    ['has a claim empty', { repository_id: '1', run_id: '' }, ['run_id']],
    ['has a list for a claim', { repository_id: '1', run_id: '|' }, ['run_id']],
    ['has none of the claims', {}, ['repository_id', 'run_id']],
  ])('is unknown where its token %s', (_, tags, missing) => {
    expect(missingJobClaims(workload(tags), BINDING)).toEqual(missing);
    expect(jobOf(workload(tags), BINDING)).toBeNull();
    for (const job of [null, '', '/', '1/']) {
      expect(isOfJob(workload(tags), BINDING, job)).toBe(false);
    }
  });

  test('takes nothing from what every object inherits', () => {
    expect(missingJobClaims(workload({}), { job: ['constructor', '__proto__'] })).toHaveLength(2);
  });

  test('is none for people, and where the entitlement names no claim', () => {
    const tags = { repository_id: '1', run_id: '2' };
    expect(jobOf({ type: 'User', tags }, BINDING)).toBeNull();
    expect(isOfJob({ type: 'User', tags: {} }, BINDING, null)).toBe(true);
    expect(jobOf(workload(tags), { job: [] })).toBeNull();
    expect(isOfJob(workload({}), { job: [] }, null)).toBe(true);
    expect(isOfJob(workload(tags), BINDING, '1/2')).toBe(true);
    expect(isOfJob(workload(tags), BINDING, '1/3')).toBe(false);
  });
});
