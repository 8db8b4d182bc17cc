import type { Sides } from './results';

/** The instrument that measures instruction rates; it prints `mips CLASS RATE` lines. */
export const mipsGuest = 'mips';

/** What each class runs, for the table. */
const titles: Record<string, string> = {
  alu: 'one hot block',
  alu2: 'two hot blocks',
  alu4: 'four hot blocks',
  call: 'calls and returns',
  indirect: 'indirect branches',
  mem: 'memory, one page',
  memPages: 'memory across 64 pages',
  exception: 'SVC, HVC and SMC round trips',
  simd: 'SIMD',
  fp: 'floating point',
  atomics: 'atomics',
  dispersed2k: '2000 dispersed blocks, many rounds',
  dispersed2kFew: '2000 dispersed blocks, the first 4 rounds',
  dispersed20k: '20000 dispersed blocks, many rounds',
  dispersed20kFew: '20000 dispersed blocks, the first 4 rounds',
};

/** @throws Error naming a class that has no title here. */
export function mipsTitle(name: string): string {
  const title = titles[name];
  if (title === undefined) throw new Error(`scripts/bench/mips.ts has no title for ${name}.`);
  return title;
}

/** The rates in what the instrument has printed, in million instructions a second, by class. */
export function readMips(text: string): Map<string, number> {
  const lines = text.matchAll(/^mips (\w+) (\d+\.\d+)\r?$/gm);
  return new Map([...lines].map(([, name, rate]) => [name ?? '', Number(rate)]));
}

/** Adds a run's rates to what was measured before. */
export function addMips(
  into: Record<string, Sides>,
  side: keyof Sides,
  rates: ReadonlyMap<string, number>,
): void {
  for (const [name, rate] of rates) {
    const sides = (into[name] ??= { native: [], tab: [] });
    sides[side].push(rate);
  }
}
