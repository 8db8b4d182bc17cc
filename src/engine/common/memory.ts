import type { Guest } from '../../machine/guest.js';
import type { Result } from './failure.js';

/** A page of WebAssembly memory, in bytes (WebAssembly core specification, 4.2.8). */
export const WASM_PAGE = 65_536;
const MIB = 1 << 20;
/** The unit in which Bootlink's block driver takes memory for an image. */
const DISK_CHUNK = MIB;

/**
 * MiB for TCG's translation buffer, also handed to QEMU as `tb-size`. A Linux boot fills about
 * 25 MiB of it; without the option QEMU takes an eighth of all memory.
 */
export const TRANSLATION_MIB = 64;

/**
 * MiB for everything else that QEMU holds: its data and heap, a stack of each thread and
 * coroutine, device models, the rings, and at most 48 MiB of modules with translated guest code
 * (`wasm/qemu/tcg/wasm/compile.c`). Untouched pages cost nothing.
 */
const QEMU_MIB = 160;

/** What an engine accepts, from its manifest. MiB. */
export interface MemoryLimits {
  minimumMemoryMiB: number;
  maximumMemoryMiB: number;
}

export interface MemoryPlan {
  /** MiB of each part, as shown to the visitor. */
  parts: { guest: number; images: number; translation: number; qemu: number };
  totalMiB: number;
  /** Initial and maximum size of the engine's memory. */
  pages: number;
}

/** MiB that a guest's images take in the engine: their bytes that are not zero. */
function imagesMiB(guest: Guest): number {
  let bytes = 0;
  for (const image of guest.images) {
    if (image.use === 'file') {
      // QEMU reads the file into a buffer of its own before it copies it to the guest.
      bytes += image.size;
    } else {
      for (const [offset, length] of image.extents ?? [[0, image.size]]) {
        const first = Math.floor(offset / DISK_CHUNK);
        const last = Math.floor((offset + Math.max(length, 1) - 1) / DISK_CHUNK);
        bytes += (last - first + 1) * DISK_CHUNK;
      }
    }
  }
  return Math.ceil(bytes / MIB);
}

/** How much memory the engine of this guest gets, or why it cannot. */
export function planMemory(guest: Guest, limits: MemoryLimits): Result<MemoryPlan> {
  const parts = {
    guest: guest.addressSpaceMiB,
    images: imagesMiB(guest),
    translation: TRANSLATION_MIB,
    qemu: QEMU_MIB,
  };
  const sum = parts.guest + parts.images + parts.translation + parts.qemu;
  const totalMiB = Math.max(sum, limits.minimumMemoryMiB);
  if (totalMiB > limits.maximumMemoryMiB) {
    return {
      ok: false,
      failure: {
        what: `This machine needs ${totalMiB} MiB; the engine can hold at most ${limits.maximumMemoryMiB} MiB.`,
        input:
          `${guest.title}: ${parts.guest} MiB of guest memory, ${parts.images} MiB of images, ` +
          `${parts.translation + parts.qemu} MiB for QEMU`,
        remedy: `Give the guest at least ${totalMiB - limits.maximumMemoryMiB} MiB less memory.`,
      },
    };
  }
  return { ok: true, value: { parts, totalMiB, pages: totalMiB * (MIB / WASM_PAGE) } };
}
