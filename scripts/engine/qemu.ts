import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CacheInput, hashInputs } from '../setup/cache';
import type { StepContext } from '../setup/context';
import type { FetchedPackage } from '../setup/source';
import { mendGlue } from './glue';
import { readLinkStep } from './ninja';
import { patchedSource, patchFiles } from './sources';
import { compileFlags, emscriptenEnv, quietFlags } from './toolchain';

/** What meson calls the program. */
const program = 'qemu-system-aarch64.js';

/** Of wasm memory, which the page makes: at least, and at most, in MiB. */
export const minimumMemoryMiB = 128;
/** Emscripten 3.1.69 cannot set up its stack in a memory of 4 GiB. */
export const maximumMemoryMiB = 3584;

const cflags = [...compileFlags, ...quietFlags, '-Wno-format', '-I/sysroot/include'].join(' ');
const ldflags = [...compileFlags, ...quietFlags, '-sASSERTIONS=0', '-L/sysroot/lib'].join(' ');

const configure = `
cd /build
export PYTHONHASHSEED=${emscriptenEnv.PYTHONHASHSEED}
export CC=emcc CXX=em++ AR=emar RANLIB=emranlib NM=emnm STRIP=emstrip
/source/configure --cross-prefix= --cpu=wasm64 --static --disable-download \\
  --target-list=aarch64-softmmu --without-default-features --without-default-devices \\
  --with-devices-aarch64=bootlink --with-coroutine=bootlink \\
  --enable-system --enable-tcg --enable-tcg-interpreter --enable-fdt=system --enable-slirp \\
  --enable-vvfat --enable-virtfs --enable-trace-backends=log \\
  --disable-pixman --disable-tools --disable-docs --disable-install-blobs \\
  --disable-guest-agent --disable-stack-protector --disable-werror --enable-strip \\
  --disable-debug-info --disable-pie \\
  --extra-cflags="${cflags}" --extra-cxxflags="${cflags}" --extra-ldflags="${ldflags}"
`;

/**
 * Passes of Binaryen's that make large functions, which V8 optimises as a whole, for seconds in every
 * boot, where the guest wants to run. Memory packing cuts the data into 14,000 segments, which every
 * thread sets up or drops one by one in a function of 460 KiB. Inlining puts whatever has one caller
 * into it: 272 KiB for A64's decoder and all that it calls, 156 KiB for the interpreter.
 */
const skippedPasses = ['memory-packing', 'inlining', 'inlining-optimizing'];

/**
 * The last link is ours, not ninja's: MEMORY64=2 has Binaryen lower 64-bit addresses to a
 * binary for 32-bit memories, which needs no memory64 in the browser and is faster; and the
 * JavaScript around it becomes a module that the page's engine worker imports.
 */
const linkFlags = [
  '-O2',
  '-sMEMORY64=2',
  '-sPROXY_TO_PTHREAD',
  '-sPTHREAD_POOL_SIZE=4',
  '-sEXIT_RUNTIME',
  '-sINVOKE_RUN=0',
  // Compiled guest code goes into each thread's table.
  '-sALLOW_TABLE_GROWTH',
  '-sFORCE_FILESYSTEM',
  // See wasm/translator.md, "The engine's own code": what V8 compiles in the background is what a
  // machine with two cores waits for.
  `-sBINARYEN_EXTRA_PASSES=${skippedPasses.map((pass) => `--skip-pass=${pass}`).join()}`,
  '-sSTACK_SIZE=1MB',
  '-sDEFAULT_PTHREAD_STACK_SIZE=1MB',
  '-sMODULARIZE',
  '-sEXPORT_ES6',
  '-sENVIRONMENT=worker,node',
  '-sALLOW_MEMORY_GROWTH',
  '-Wno-pthreads-mem-growth',
  `-sINITIAL_MEMORY=${minimumMemoryMiB}MB`,
  `-sMAXIMUM_MEMORY=${maximumMemoryMiB}MB`,
  '-sEXPORTED_FUNCTIONS=_main,_malloc,_free',
  '-sEXPORTED_RUNTIME_METHODS=FS,ENV,HEAPU8,HEAPU32,callMain,wasmMemory,stringToUTF8',
];

/**
 * QEMU's wasm and its JavaScript, cached by everything that made them.
 *
 * The build tree is kept beside the cache: when a patch or a file of ours changes, only what
 * depends on it is compiled again.
 */
export async function qemu(
  context: StepContext,
  fetched: FetchedPackage,
  parts: { emcache: string; sysroot: string; sysrootKey: string },
) {
  const { cache, repo, rootfs } = context;
  const patches = patchFiles(repo, 'qemu');
  const toolchain: CacheInput[] = [
    rootfs.folder,
    parts.sysrootKey,
    configure,
    fetched.version,
    JSON.stringify(fetched.files),
  ];
  const ours = join(repo, 'wasm/qemu');
  return cache.cached({
    kind: 'engine',
    name: 'qemu',
    inputs: [
      ...toolchain,
      linkFlags.join(' '),
      { path: join(repo, 'scripts/engine/glue.ts') },
      { path: ours },
      ...patches.map((path) => ({ path })),
    ],
    build: async (folder) => {
      const tree = join(cache.folder, 'engine-tree');
      await prepareTree(tree, hashInputs(toolchain), context, fetched, patches, ours);
      await buildTree(tree, folder, context, parts);
    },
  });
}

/** Brings the source in the tree up to date, touching only files whose content changed. */
async function prepareTree(
  tree: string,
  toolchainKey: string,
  context: StepContext,
  fetched: FetchedPackage,
  patches: readonly string[],
  ours: string,
): Promise<void> {
  const { rootfs, log, signal } = context;
  const keyFile = join(tree, 'toolchain');
  if (!existsSync(keyFile) || readFileSync(keyFile, 'utf8') !== toolchainKey) {
    rmSync(tree, { recursive: true, force: true });
  }
  for (const name of ['source', 'build']) mkdirSync(join(tree, name), { recursive: true });
  writeFileSync(keyFile, toolchainKey);
  const fresh = mkdtempSync(join(tree, 'fresh-'));
  try {
    await patchedSource(fetched, patches, fresh, context);
    await rootfs.script(
      `cp -rT /ours /fresh
       rsync -rlpc --delete --exclude=/.pc /fresh/ /source/`,
      {
        bind: { '/ours': ours, '/fresh': fresh, '/source': join(tree, 'source') },
        log,
        signal,
      },
    );
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

async function buildTree(
  tree: string,
  folder: string,
  { rootfs, jobs, log, signal }: StepContext,
  { emcache, sysroot }: { emcache: string; sysroot: string },
): Promise<void> {
  const build = join(tree, 'build');
  const options = {
    cwd: '/build',
    bind: {
      '/source': join(tree, 'source'),
      '/build': build,
      '/sysroot': sysroot,
      '/emcache': emcache,
      '/result': folder,
    },
    env: { ...emscriptenEnv, PKG_CONFIG_LIBDIR: '/sysroot/lib/pkgconfig' },
    log,
    signal,
  };
  if (!existsSync(join(build, 'build.ninja'))) await rootfs.script(configure, options);
  await rootfs.run(['ninja', 'build.ninja'], options);
  const step = readLinkStep(readFileSync(join(build, 'build.ninja'), 'utf8'), program);
  const targets = [...step.inputs, ...step.implicit].filter((path) => !path.startsWith('/'));
  await rootfs.run(['ninja', '-j', String(jobs), ...new Set(targets)], options);
  // `@FILE`s are lists of symbols for plug-ins, of which there are none.
  const args = step.args.filter((arg) => !arg.startsWith('@') && !arg.startsWith('-sMEMORY64'));
  await rootfs.script('cat > link.rsp; emcc @link.rsp -o /result/qemu.mjs', {
    ...options,
    input: [...step.inputs, ...args, ...linkFlags].join('\n'),
  });
  const script = join(folder, 'qemu.mjs');
  writeFileSync(script, mendGlue(readFileSync(script, 'utf8')));
}
