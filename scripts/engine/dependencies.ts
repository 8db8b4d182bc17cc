import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { StepContext } from '../setup/context';
import type { FetchedPackage } from '../setup/source';
import { patchedSource, patchFiles } from './sources';
import { compileFlags, emscriptenEnv, quietFlags } from './toolchain';

/** The source packages of the libraries that QEMU is linked with. */
export const dependencySources = ['glib2.0', 'libslirp', 'zlib', 'device-tree-compiler'] as const;

const flags = [...compileFlags, ...quietFlags];

const crossFile = `[constants]
flags = [${flags.map((flag) => `'${flag}'`).join(', ')}]
[host_machine]
system = 'emscripten'
cpu_family = 'wasm64'
cpu = 'wasm64'
endian = 'little'
[binaries]
c = 'emcc'
cpp = 'em++'
ar = 'emar'
ranlib = 'emranlib'
nm = 'emnm'
strip = 'emstrip'
pkg-config = ['pkg-config', '--static']
[properties]
needs_exe_wrapper = true
pkg_config_libdir = '/sysroot/lib/pkgconfig'
growing_stack = false
have_c99_vsnprintf = true
have_c99_snprintf = true
have_unix98_printf = true
[built-in options]
c_args = flags + ['-Wno-incompatible-function-pointer-types', '-w']
cpp_args = flags
c_link_args = flags + ['-sASSERTIONS=0']
cpp_link_args = flags + ['-sASSERTIONS=0']
`;

/** zlib and libfdt: a few files each, and a build system would not add to them. */
const smallLibraries = `
mkdir -p /sysroot/lib/pkgconfig /sysroot/include
library() { # name, sources' folder, include path, description, version, then the files
  local name=$1 folder=$2 include=$3 description=$4 version=$5; shift 5
  mkdir -p "/build/$name"; cd "$folder"
  printf '%s\\n' "$@" | xargs -P "$JOBS" -I{} \\
    emcc ${flags.join(' ')} -O2 -w -I"$include" -DHAVE_UNISTD_H -DHAVE_STDARG_H -c {}.c -o "/build/$name/{}.o"
  emar rcs "/sysroot/lib/lib$name.a" "\${@/%/.o}" 2>/dev/null ||
    (cd "/build/$name" && emar rcs "/sysroot/lib/lib$name.a" "\${@/%/.o}")
}
package() { # pkg-config name, library, version
  printf 'prefix=/sysroot\\nName: %s\\nDescription: %s\\nVersion: %s\\nLibs: -L\${prefix}/lib -l%s\\nCflags: -I\${prefix}/include\\n' \\
    "$1" "$1" "$3" "$2" > "/sysroot/lib/pkgconfig/$1.pc"
}
library z /source/zlib . zlib - adler32 crc32 deflate infback inffast inflate inftrees trees \\
  zutil compress uncompr gzclose gzlib gzread gzwrite
cp /source/zlib/zlib.h /source/zlib/zconf.h /sysroot/include/
package zlib z "$ZLIB_VERSION"
cd /source/device-tree-compiler/libfdt
library fdt "$PWD" . libfdt - $(ls fdt*.c | sed 's/[.]c$//')
cp fdt.h libfdt.h libfdt_env.h /sysroot/include/
package libfdt fdt "$DTC_VERSION"
`;

const glibAndSlirp = `
cat > /build/cross.meson
meson setup /build/glib /source/glib2.0 --prefix=/sysroot --libdir=lib \\
  --cross-file=/build/cross.meson --default-library=static --buildtype=release \\
  -Db_staticpic=false -Dselinux=disabled -Dxattr=false -Dlibmount=disabled -Dnls=disabled \\
  -Dtests=false -Dglib_debug=disabled -Dglib_assert=false -Dglib_checks=false \\
  -Dintrospection=disabled -Dman-pages=disabled -Ddocumentation=false -Ddtrace=disabled \\
  -Dsysprof=disabled
ninja -C /build/glib -j "$JOBS" glib/libglib-2.0.a gmodule/libgmodule-2.0.a gthread/libgthread-2.0.a
meson install -C /build/glib --no-rebuild --tags devel
meson setup /build/slirp /source/libslirp --prefix=/sysroot --libdir=lib \\
  --cross-file=/build/cross.meson --default-library=static --buildtype=release -Db_staticpic=false
ninja -C /build/slirp -j "$JOBS"
meson install -C /build/slirp --no-rebuild --tags devel
`;

function upstream(fetched: FetchedPackage): string {
  return /[0-9]+(\.[0-9]+)+/.exec(fetched.version.replace(/.*really/, ''))?.[0] ?? fetched.version;
}

/** Headers and static libraries that QEMU is built with, as `/sysroot` of the chroot sees them. */
export async function dependencies(
  context: StepContext,
  fetched: readonly FetchedPackage[],
  emcache: string,
) {
  const { cache, rootfs, repo, jobs, log, signal } = context;
  const patches = patchFiles(repo, 'glib');
  return cache.cached({
    kind: 'engine',
    name: 'dependencies',
    inputs: [
      rootfs.folder,
      smallLibraries,
      glibAndSlirp,
      crossFile,
      ...fetched.flatMap(({ name, version, files }) => [name, version, JSON.stringify(files)]),
      ...patches.map((path) => ({ path })),
    ],
    build: async (folder) => {
      const work = mkdtempSync(join(cache.folder, 'engine', '.making-work-'));
      try {
        for (const source of fetched) {
          await patchedSource(
            source,
            source.name === 'glib2.0' ? patches : [],
            join(work, 'source', source.name),
            context,
          );
        }
        mkdirSync(join(work, 'build'));
        const of = (name: string) => {
          const found = fetched.find((source) => source.name === name);
          if (found === undefined) throw new Error(`Source package ${name} was not fetched.`);
          return upstream(found);
        };
        const options = {
          bind: {
            '/source': join(work, 'source'),
            '/build': join(work, 'build'),
            '/sysroot': folder,
            '/emcache': emcache,
          },
          env: {
            ...emscriptenEnv,
            JOBS: String(jobs),
            ZLIB_VERSION: of('zlib'),
            DTC_VERSION: of('device-tree-compiler'),
          },
          log,
          signal,
        };
        await rootfs.script(smallLibraries, options);
        await rootfs.script(glibAndSlirp, { ...options, input: crossFile });
      } finally {
        rmSync(work, { recursive: true, force: true });
      }
    },
  });
}
