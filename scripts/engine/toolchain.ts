import type { StepContext } from '../setup/context';

/**
 * How everything that ends up in the engine is compiled: 64-bit pointers (QEMU 10 refuses a
 * 64-bit guest on a 32-bit host), threads, and longjmp by WebAssembly's own exceptions.
 */
export const compileFlags = ['-pthread', '-sMEMORY64=1', '-sSUPPORT_LONGJMP=wasm'];

/** Emscripten 3.1.69 calls MEMORY64 experimental; QEMU passes compile flags when it links. */
export const quietFlags = ['-Wno-experimental', '-Wno-unused-command-line-argument'];

/**
 * The environment of every Emscripten command. Debian's package comes with system libraries for
 * wasm32 only, in a cache that is frozen; ours is a copy of it, in /emcache.
 */
export const emscriptenEnv = {
  EM_CACHE: '/emcache',
  EM_FROZEN_CACHE: '0',
  // QEMU's decodetree.py writes what it finds in sets: their order must not change by the run.
  PYTHONHASHSEED: '0',
};

/** A program that needs the same system libraries as QEMU; linking it builds them. */
const probe = `
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <sys/socket.h>
static jmp_buf env;
static void *run(void *arg) { if (!setjmp(env)) longjmp(env, 1); return arg; }
int main(void)
{
    pthread_t thread;
    pthread_create(&thread, 0, run, 0);
    printf("%d\\n", socket(AF_INET, SOCK_STREAM, 0));
    return pthread_join(thread, 0);
}
`;

const script = `
cp -r /usr/share/emscripten/cache/. /emcache/
cd /tmp && mkdir -p emcache-probe && cd emcache-probe
cat > probe.c
emcc ${[...compileFlags, ...quietFlags].join(' ')} -sASSERTIONS=0 -O2 probe.c -o probe.js
emcc ${[...compileFlags, ...quietFlags].join(' ')} -sASSERTIONS=0 -O2 -sPROXY_TO_PTHREAD \\
  -sEXIT_RUNTIME -sFORCE_FILESYSTEM -sALLOW_MEMORY_GROWTH -Wno-pthreads-mem-growth probe.c -o probe.js
rm -rf /tmp/emcache-probe
`;

/** Emscripten's cache with the system libraries for 64-bit pointers and threads. */
export async function systemLibraries({ cache, rootfs, log, signal }: StepContext) {
  return cache.cached({
    kind: 'engine',
    name: 'system-libraries',
    inputs: [rootfs.folder, script, probe],
    build: async (folder) => {
      await rootfs.script(script, {
        env: emscriptenEnv,
        bind: { '/emcache': folder },
        input: probe,
        log,
        signal,
      });
    },
  });
}

/** Version of the Emscripten package in the chroot. */
export async function emscriptenVersion({ rootfs, log, signal }: StepContext): Promise<string> {
  const shown = await rootfs.run(['dpkg-query', '-W', '-f', '${Version}', 'emscripten'], {
    log,
    signal,
  });
  return shown.trim();
}
