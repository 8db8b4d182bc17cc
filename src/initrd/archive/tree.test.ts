import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeText } from '../bytes';
import { FileTree, canonical, fileOf, normalise } from './tree';

function link(target: string) {
  return { kind: 'symlink', mode: 0o777, origin: 't', target } as const;
}
const FILE = fileOf(encodeText('x'), 0o755, 't');

describe('paths', () => {
  it('are made normal, with /bin and its like in /usr', () => {
    expect(normalise('a//b/./../c/')).toBe('/a/c');
    expect(normalise('../../x')).toBe('/x');
    expect(canonical('/bin/sh')).toBe('/usr/bin/sh');
    expect(canonical('/library/x')).toBe('/library/x');
  });
});

describe('a file tree', () => {
  it('finds a file of an old layout and of a merged one at either path', () => {
    const tree = new FileTree();
    tree.add('/lib', link('usr/lib'));
    tree.add('/lib/old.so', FILE);
    tree.add('./usr/lib/new.so', FILE);
    for (const path of ['/lib/old.so', '/usr/lib/old.so', '/lib/new.so', '/usr/lib/new.so']) {
      expect(tree.lookup(path).node, path).toBe(FILE);
    }
  });

  it('keeps the meaning of a relative link that moved into /usr', () => {
    const tree = new FileTree();
    tree.add('/etc/alternatives/x', FILE);
    tree.add('/bin/x', link('../etc/alternatives/x'));
    tree.add('/lib64', link('lib'));
    tree.add('/lib/y', FILE);
    expect(tree.lookup('/bin/x').node).toBe(FILE);
    expect(tree.lookup('/lib64/y').node).toBe(FILE);
  });

  it('follows links, tells which, and stops at loops', () => {
    const tree = new FileTree();
    tree.add('/a', link('b'));
    tree.add('/b', link('/c/d'));
    tree.add('/c/d', FILE);
    tree.add('/loop', link('loop'));
    tree.add('/ping', link('pong'));
    tree.add('/pong', link('ping'));
    expect(tree.lookup('/a')).toMatchObject({ path: '/c/d', links: ['/a', '/b'] });
    expect(tree.lookup('/a', false)).toMatchObject({ path: '/a', links: [] });
    expect(tree.lookup('/ping')).toMatchObject({ node: undefined, why: 'loop' });
    expect(tree.lookup('/c/d/e')).toMatchObject({ node: undefined, why: 'not a directory' });
    expect(tree.lookup('/c/none')).toMatchObject({
      node: undefined,
      why: 'absent',
      path: '/c/none',
    });
  });

  it('puts files through directories that are links, even into nowhere yet', () => {
    const tree = new FileTree();
    tree.add('/var/run', link('/run'));
    tree.add('/var/run/pid', FILE);
    expect(tree.lookup('/run/pid').node).toBe(FILE);
    tree.add('/x/loop', link('/x/loop/deeper'));
    tree.add('/x/loop/file', FILE);
    expect(tree.lookup('/x/loop/file').node).toBe(FILE);
  });

  it('does not lose a directory’s content to a link or a file of the same name', () => {
    const tree = new FileTree();
    tree.add('/d/f', FILE);
    tree.add('/d', link('/elsewhere'));
    expect(tree.lookup('/d/f').node).toBe(FILE);
  });

  it('keeps /usr a directory, whichever way it is reached', () => {
    const tree = new FileTree();
    tree.add('/usr', link('/a'));
    tree.add('/b', link('..'));
    tree.add('/b/usr', link('a'));
    expect(tree.lookup('/usr', false).node?.kind).toBe('directory');
  });

  it('stays finite and consistent under any sequence of links, files and directories', () => {
    const part = fc.constantFrom('a', 'b', 'lib', 'usr', 'bin', '..');
    const path = fc.array(part, { minLength: 1, maxLength: 4 });
    const step = fc.record({
      path,
      node: fc.oneof(
        path.map((to) => link(to.join('/'))),
        path.map((to) => link(`/${to.join('/')}`)),
        fc.constant(FILE),
        fc.constant({ kind: 'directory', mode: 0o755, origin: 't' } as const),
      ),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const tree = new FileTree();
        for (const { path: to, node } of steps) tree.add(to.join('/'), node);
        const walked = [...tree.walk('/')].map(([at]) => at);
        expect(walked.length).toBe(tree.size);
        for (const at of walked) expect(tree.lookup(at, false)).toMatchObject({ path: at });
      }),
      { numRuns: 2000 },
    );
  });

  it('walks in order, parents first', () => {
    const tree = new FileTree();
    for (const path of ['/b/2', '/b/1', '/a', '/b-c']) tree.add(path, FILE);
    expect([...tree.walk('/')].map(([path]) => path)).toEqual([
      '/',
      '/a',
      '/b',
      '/b/1',
      '/b/2',
      '/b-c',
      '/usr',
    ]);
    expect(tree.list('/b')).toEqual(['1', '2']);
  });
});
