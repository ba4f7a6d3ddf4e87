import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { cacheFolder, fullPath, homeFolder } from '../../cli/folders.ts';

describe('the folder of settings', () => {
  test.each([
    [{}, join(homedir(), '.config/valetkey')],
    [{ VALETKEY_HOME: '' }, join(homedir(), '.config/valetkey')],
    [{ VALETKEY_HOME: '/srv/vk' }, '/srv/vk'],
    [{ VALETKEY_HOME: '~/vk' }, join(homedir(), 'vk')],
    [{ VALETKEY_HOME: '~' }, homedir()],
    [{ VALETKEY_HOME: '~ana/vk' }, resolve('~ana/vk')],
    [{ VALETKEY_HOME: 'vk', XDG_CONFIG_HOME: '/x' }, resolve('vk')],
    [{ XDG_CONFIG_HOME: '/x' }, '/x/valetkey'],
    [{ XDG_CONFIG_HOME: '~/x' }, join(homedir(), 'x/valetkey')],
    [{ XDG_CONFIG_HOME: 'x' }, join(homedir(), '.config/valetkey')],
  ])('with %j is %s', (env, folder) => {
    expect(homeFolder(env)).toBe(folder);
  });
});

describe('the folder of cached keys', () => {
  test.each([
    [{ XDG_RUNTIME_DIR: '/run/user/1' }, '/run/user/1/valetkey'],
    [{ XDG_RUNTIME_DIR: 'run' }, join(homedir(), '.config/valetkey/cache')],
    [{ XDG_RUNTIME_DIR: '/run/user/1', VALETKEY_HOME: '~/vk' }, join(homedir(), 'vk/cache')],
  ])('with %j is %s', (env, folder) => {
    expect(cacheFolder(env)).toBe(folder);
  });
});

test('a path of the user is made absolute', () => {
  expect(['~/a', 'a', '/a', 'a/~/b'].map(fullPath)).toEqual([
    join(homedir(), 'a'),
    resolve('a'),
    '/a',
    resolve('a/~/b'),
  ]);
});
