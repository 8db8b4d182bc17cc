import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packagesOf } from './packages';

describe('the package of a module', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'bootlink-packages-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  const namesOf = (modules: string[]): string[] =>
    packagesOf(modules, root).map(({ name }) => name);

  function install(name: string, manifest: object, folder = ''): string {
    const at = join(root, 'node_modules', name, folder);
    mkdirSync(at, { recursive: true });
    writeFileSync(join(at, 'package.json'), JSON.stringify(manifest));
    return join(at, 'index.js');
  }

  it('is the nearest that has a name and a version', () => {
    install('@a/b', { name: '@a/b', version: '1.2.3', license: 'MIT' });
    const inner = install('@a/b', { type: 'module' }, 'esm');
    const expected = [{ name: '@a/b', version: '1.2.3', licence: 'MIT' }];
    expect(packagesOf([inner, `${inner}?worker&inline`], root)).toEqual(expected);
  });

  it('is the inner one where packages lie in each other', () => {
    install('outer', { name: 'outer', version: '1.0.0', license: 'MIT' });
    const inner = install('outer/node_modules/inner', {
      name: 'inner',
      version: '2.0.0',
      license: 'ISC',
    });
    expect(namesOf([inner])).toEqual(['inner']);
  });

  it('brings those that it depends on, as it would find them', () => {
    install('marks', { name: 'marks', version: '2.0.0', license: 'MIT' });
    const module = install('editor', {
      name: 'editor',
      version: '1.0.0',
      license: 'MIT',
      dependencies: { marks: '^1.0.0' },
    });
    install('editor/node_modules/marks', { name: 'marks', version: '1.0.0', license: 'MIT' });
    expect(namesOf([module])).toEqual(['editor', 'marks']);
    expect(packagesOf([module], root)[1]?.version).toBe('1.0.0');
  });

  it('is the bundler, alone, for the code that the bundler adds', () => {
    install('other', { name: 'other', version: '1.0.0', license: 'MIT' });
    const dependencies = { other: '1' };
    install('vite', { name: 'vite', version: '8.0.0', license: 'MIT', dependencies });
    expect(namesOf(['\0vite/preload-helper.js'])).toEqual(['vite']);
  });

  it('is none for sources of the page', () => {
    expect(namesOf([join(root, 'src/app/main.tsx')])).toEqual([]);
  });

  it('is refused by name without a licence', () => {
    const module = install('bare', { name: 'bare', version: '0.1.0' });
    expect(() => namesOf([module])).toThrow('bare 0.1.0 states no licence');
  });
});
