import { describe, expect, it } from 'vitest';
import { filesToPreload, type Chunk } from './preload';

const chunk = (fileName: string, imports: string[], facadeModuleId?: string): Chunk => ({
  type: 'chunk',
  fileName,
  imports,
  ...(facadeModuleId === undefined ? {} : { facadeModuleId }),
});
const chunks = Object.fromEntries(
  [
    chunk('index.js', [], '/repo/src/app/main.ts'),
    chunk('page.js', ['shared.js', 'session.js'], '/repo/src/app/page.tsx'),
    chunk('session.js', ['shared.js'], '/repo/src/app/session.ts'),
    chunk('shared.js', ['index.js']),
    chunk('ring-a.js', ['ring-b.js'], '/repo/src/a.ts'),
    chunk('ring-b.js', ['ring-a.js']),
    { type: 'asset', fileName: 'page.css' },
  ].map((each) => [each.fileName, each]),
);

describe('the files that are fetched with the page', () => {
  it('are those of the modules with all that they import, what is needed first', () => {
    expect(filesToPreload(chunks, ['src/app/page.tsx'])).toEqual([
      'index.js',
      'shared.js',
      'session.js',
      'page.js',
    ]);
  });

  it('are each named once, also where chunks import each other', () => {
    expect(filesToPreload(chunks, ['src/a.ts', 'src/app/session.ts', 'src/app/page.tsx'])).toEqual([
      'ring-b.js',
      'ring-a.js',
      'index.js',
      'shared.js',
      'session.js',
      'page.js',
    ]);
  });

  it('are not guessed for a module that has been merged into another', () => {
    expect(() => filesToPreload(chunks, ['src/app/terminal.ts'])).toThrow(
      /src\/app\/terminal\.ts is no chunk of its own/,
    );
  });
});
