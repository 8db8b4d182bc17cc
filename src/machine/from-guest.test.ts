import { describe, expect, it } from 'vitest';
import { fromGuest, fromKeptGuest } from './from-guest';
import type { Guest } from './guest';
import { guests } from './guests.fixture';
import { toArgs } from './to-args';

const [first] = guests;

describe('a guest that was kept', () => {
  const builtIn: Guest = first as Guest;

  it('is the built-in one, when nothing was changed', () => {
    expect(fromKeptGuest(builtIn, guests)).toEqual(fromGuest(builtIn));
  });

  it('finds its images in the catalogue by content, under whatever id it ran', () => {
    const edited: Guest = { ...builtIn, id: 'machine', args: [...builtIn.args, '-m', '160M'] };
    const machine = fromKeptGuest(edited, guests);
    expect(machine.guest).toBeUndefined();
    expect(machine.images).toEqual(fromGuest(builtIn).images);
    expect(toArgs(machine).join(' ')).toContain('160M');
  });

  it('asks for files of the visitor by their hash', () => {
    const own = builtIn.images.map((image) => ({ ...image, sha256: 'a'.repeat(64) }));
    const machine = fromKeptGuest({ ...builtIn, images: own }, guests);
    expect(machine.images?.every((image) => image.catalogue === undefined)).toBe(true);
    expect(machine.images?.[0]).toMatchObject({ name: own[0]?.name, sha256: 'a'.repeat(64) });
  });
});
