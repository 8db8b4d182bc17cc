import { join } from 'node:path';
import type { PackageOrigin } from '../../src/machine/guest';
import { romFiles } from '../../src/engine/common/roms';
import type { StepContext } from '../setup/context';
import type { FetchedPackage } from '../setup/source';
import { BUSYBOX_FILE } from '../../src/engine/common/manifest';
import { busybox } from './busybox';
import { capabilities, capabilitiesFile } from './capabilities/step';
import { dependencies, dependencySources } from './dependencies';
import { publishEngine } from './publish';
import { roms } from './roms';
import { qemu } from './qemu';
import { requireSeries, upstreamVersion } from './sources';
import { emscriptenVersion, systemLibraries } from './toolchain';

/** Licences of what is linked into the engine (SPDX). */
const licences: Record<string, string> = {
  qemu: 'GPL-2.0-only (parts GPL-2.0-or-later, LGPL-2.1-or-later, BSD-3-Clause, MIT)',
  'glib2.0': 'LGPL-2.1-or-later',
  libslirp: 'BSD-3-Clause AND MIT',
  zlib: 'Zlib',
  seabios: 'LGPL-3.0-only',
  'busybox-static': 'GPL-2.0-only',
  'ipxe-qemu': 'GPL-2.0-or-later OR UBDL',
  'device-tree-compiler': 'GPL-2.0-or-later OR BSD-2-Clause (libfdt)',
  emscripten: 'MIT OR NCSA (with musl, MIT; compiler-rt, Apache-2.0 WITH LLVM-exception)',
};

function origin(fetched: FetchedPackage): PackageOrigin {
  const { name, version, kind, files } = fetched;
  return { package: name, version, kind, files, licence: licences[name] ?? 'see the package' };
}

/** Builds QEMU for WebAssembly into `public/engine`. */
export async function buildEngine(context: StepContext): Promise<void> {
  const { packages, log, signal, repo } = context;
  let hits = 0;
  const timed = async <T extends { hit: boolean }>(name: string, step: Promise<T>): Promise<T> => {
    const start = performance.now();
    const result = await step;
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    log.line(`engine, ${name}: ${result.hit ? 'in the cache' : `${seconds} s`}`);
    hits += Number(result.hit);
    return result;
  };

  // libfdt and zlib are taken as upstream wrote them.
  const unpatched = ['device-tree-compiler', 'zlib'];
  const source = (name: string) =>
    packages.sourcePackage(name, log, signal, unpatched.includes(name));
  const qemuSource = await source('qemu');
  requireSeries(qemuSource.version);
  const fetched: FetchedPackage[] = [];
  for (const name of dependencySources) fetched.push(await source(name));

  const libraries = await timed('system libraries', systemLibraries(context));
  const sysroot = await timed(
    'glib, zlib, libfdt',
    dependencies(context, fetched, libraries.folder),
  );
  const built = await timed(
    'QEMU',
    qemu(context, qemuSource, {
      emcache: libraries.folder,
      sysroot: sysroot.folder,
      sysrootKey: sysroot.key,
    }),
  );

  const toolchain: PackageOrigin = {
    package: 'emscripten',
    version: await emscriptenVersion(context),
    kind: 'binary',
    files: {},
    licence: licences.emscripten ?? '',
  };
  const optionRoms = await roms(context);
  const shell = await busybox(context);
  const engineFiles = ['qemu.mjs', 'qemu.wasm'];
  const known = await timed(
    'capabilities',
    capabilities(context, [
      ...engineFiles.map((name) => join(built.folder, name)),
      ...romFiles.map((name) => join(optionRoms.folder, name)),
    ]),
  );
  if (hits === 4) context.wasCached();
  const manifest = publishEngine(
    [
      { folder: built.folder, names: engineFiles },
      { folder: optionRoms.folder, names: romFiles },
      { folder: shell.folder, names: [BUSYBOX_FILE] },
      { folder: known.folder, names: [capabilitiesFile] },
    ],
    join(repo, 'public/engine'),
    upstreamVersion(qemuSource.version),
    [qemuSource, ...fetched, ...optionRoms.packages, ...shell.packages]
      .map(origin)
      .concat(toolchain),
  );
  for (const [name, { bytes, sha256 }] of Object.entries(manifest.files)) {
    log.line(`engine, ${name}: ${bytes} bytes, SHA-256 ${sha256}`);
  }
}
