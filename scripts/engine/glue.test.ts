import { describe, expect, it } from 'vitest';
import { mendGlue } from './glue';

const written = `
import { createRequire } from 'module';
const require = createRequire(import.meta.url);
worker=new Worker(new URL("qemu.mjs",import.meta.url),{type:"module"})
initMainThread(){var pthreadPoolSize=4;while(pthreadPoolSize--){PThread.allocateUnusedWorker()}\
addOnPreRun(()=>{addRunDependency("loading-workers");\
PThread.loadWasmModuleToAllWorkers(()=>removeRunDependency("loading-workers"))})},
`;

describe("Emscripten's JavaScript", () => {
  it('imports nothing that a browser lacks, and starts threads from its own address', () => {
    const mended = mendGlue(written);
    expect(mended).not.toMatch(/^import /m);
    expect(mended).toContain('new Worker(new URL(import.meta.url)');
  });

  it('makes threads one by one in Firefox, and all at once elsewhere', async () => {
    const made: string[] = [];
    const begin = mendGlue(written).indexOf('var pthreadPoolSize');
    const body = mendGlue(written)
      .slice(begin)
      .replace(/},\s*$/, '');
    const start = async (userAgent: string) => {
      made.length = 0;
      const unusedWorkers: number[] = [];
      const PThread = {
        unusedWorkers,
        allocateUnusedWorker: () => made.push(`make ${unusedWorkers.push(0)}`),
        loadWasmModuleToWorker: async () => {
          await Promise.resolve();
          made.push('loaded');
        },
        loadWasmModuleToAllWorkers: (done: () => void) => done(),
      };
      await new Promise<void>((resolve) => {
        const run = new Function(
          ...['PThread', 'addOnPreRun', 'addRunDependency', 'removeRunDependency', 'globalThis'],
          body,
        ) as (...args: unknown[]) => void;
        const now = (then: () => void) => then();
        run(PThread, now, () => undefined, resolve, { navigator: { userAgent } });
      });
      return made.join(', ');
    };
    expect(await start('Firefox/153.0')).toBe(
      'make 1, loaded, make 2, loaded, make 3, loaded, make 4, loaded',
    );
    expect(await start('Chrome/156')).toBe('make 1, make 2, make 3, make 4');
  });

  it('is refused when it is written in another way', () => {
    expect(() => mendGlue('export default 1;')).toThrow('has changed');
  });
});
