/** What Emscripten 3.1.69 writes, and what stands there instead. */
const replacements: readonly (readonly [string, string])[] = [
  // A browser cannot load a module that imports one of Node's.
  [
    "import { createRequire } from 'module';\nconst require = createRequire(import.meta.url);\n",
    'const require =\n' +
      '  globalThis.process?.versions?.node === undefined\n' +
      '    ? undefined\n' +
      "    : (await import('module')).createRequire(import.meta.url);\n",
  ],
  // Firefox (153 ESR) at times never returns from `new Worker` in a worker whose other new workers
  // are still loading: there the threads that are made in advance are made one after the other.
  [
    'while(pthreadPoolSize--){PThread.allocateUnusedWorker()}' +
      'addOnPreRun(()=>{addRunDependency("loading-workers");' +
      'PThread.loadWasmModuleToAllWorkers(()=>removeRunDependency("loading-workers"))})',
    'const loaded=()=>removeRunDependency("loading-workers");' +
      'const oneByOne=globalThis.navigator?.userAgent?.includes("Firefox/");' +
      'const one=async()=>{PThread.allocateUnusedWorker();' +
      'await PThread.loadWasmModuleToWorker(PThread.unusedWorkers.at(-1))};' +
      'if(!oneByOne){while(pthreadPoolSize--){PThread.allocateUnusedWorker()}}' +
      'addOnPreRun(()=>{addRunDependency("loading-workers");' +
      'if(!oneByOne)PThread.loadWasmModuleToAllWorkers(loaded);' +
      'else(async()=>{while(pthreadPoolSize--)await one()})().then(loaded)})',
  ],
  // Threads load the very file that started them, its query (the version) included.
  ['new URL("qemu.mjs",import.meta.url)', 'new URL(import.meta.url)'],
];

/**
 * Mends the JavaScript that Emscripten writes around the engine, so that one file serves the
 * browser and Node.
 *
 * @throws Error naming what is not there: another Emscripten writes it in another way.
 */
export function mendGlue(script: string): string {
  let mended = script;
  for (const [written, wanted] of replacements) {
    if (!mended.includes(written)) {
      throw new Error(
        `Emscripten's JavaScript has changed: scripts/engine/glue.ts looks for\n${written}`,
      );
    }
    mended = mended.replaceAll(written, wanted);
  }
  return mended;
}
