import { describe, expect, it } from 'vitest';
import { sampleGuest, sampleImage } from './sample-guest.test-data.js';
import { planMemory, WASM_PAGE } from './memory.js';

const limits = { minimumMemoryMiB: 128, maximumMemoryMiB: 3584 };

describe('planMemory', () => {
  it('adds up guest, images, translation buffer and QEMU, in whole pages', () => {
    const plan = planMemory(
      sampleGuest({
        addressSpaceMiB: 512,
        images: [sampleImage({ use: 'file', size: 5 << 20, wireBytes: 5 << 20 })],
      }),
      limits,
    );
    if (!plan.ok) throw new Error(plan.failure.what);
    expect(plan.value.parts.guest).toBe(512);
    expect(plan.value.parts.images).toBe(5);
    const { guest, images, translation, qemu } = plan.value.parts;
    expect(plan.value.totalMiB).toBe(guest + images + translation + qemu);
    expect(plan.value.pages * WASM_PAGE).toBe(plan.value.totalMiB * 1024 * 1024);
  });

  it('counts only the chunks of a sparse disk that hold something', () => {
    const flash = sampleImage({
      use: 'disk',
      size: 256 << 20,
      extents: [
        [0, 100],
        [(1 << 20) - 1, 2],
      ],
    });
    const plan = planMemory(sampleGuest({ images: [flash] }), limits);
    expect(plan.ok && plan.value.parts.images).toBe(3);
  });

  it('never plans less than the engine starts with', () => {
    const plan = planMemory(sampleGuest({ addressSpaceMiB: 1 }), {
      ...limits,
      minimumMemoryMiB: 1024,
    });
    expect(plan.ok && plan.value.totalMiB).toBe(1024);
  });

  it('refuses what the engine cannot hold, with both numbers', () => {
    const plan = planMemory(sampleGuest({ addressSpaceMiB: 4096, images: [] }), limits);
    expect(plan.ok).toBe(false);
    if (plan.ok) return;
    expect(plan.failure.what).toMatch(/4320 MiB.*3584 MiB/);
    expect(plan.failure.remedy).toMatch(/736 MiB less/);
  });
});
