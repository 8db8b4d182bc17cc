import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { addMips, mipsTitle, readMips } from './mips';
import type { Sides } from './results';

it('reads the lines of the instrument and no others', () => {
  const text = 'mips alu 2739.34\r\nmips mem 0.69\nmips: the end\nxmips fp 3.00\n';
  expect([...readMips(text)]).toEqual([
    ['alu', 2739.34],
    ['mem', 0.69],
  ]);
});

it('collects rounds by class and side', () => {
  const all: Record<string, Sides> = {};
  addMips(all, 'native', new Map([['alu', 2]]));
  addMips(all, 'tab', new Map([['alu', 1]]));
  addMips(all, 'tab', new Map([['alu', 3]]));
  expect(all).toEqual({ alu: { native: [2], tab: [1, 3] } });
});

it('has a title for every class that the image measures', () => {
  const source = readFileSync(new URL('../guests/mips/loops.S', import.meta.url), 'utf8');
  const names = [...source.matchAll(/^ {4}loop \w+, "(\w+)"/gm)].map(([, name]) => name ?? '');
  expect(names.length).toBeGreaterThan(10);
  for (const name of names) expect(() => mipsTitle(name)).not.toThrow();
  expect(() => mipsTitle('none')).toThrow('none');
});
