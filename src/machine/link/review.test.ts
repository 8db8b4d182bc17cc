import { describe, expect, it } from 'vitest';
import { fromGuest } from '../from-guest';
import { fromShell } from '../from-shell';
import { findGuest, guests } from '../guests.fixture';
import type { Machine } from '../schema';
import { seeds } from '../seeds.fixture';
import { review } from './review';

const sha256 = 'c'.repeat(64);

describe('the review of a machine from elsewhere', () => {
  it('says what is fetched from where, which files are wanted, and what is typed', () => {
    const machine: Machine = {
      format: 1,
      board: { type: 'virt' },
      memory: { size: '512M' },
      smp: { cpus: 2 },
      kernel: 'image:Image',
      initrd: 'image:mine',
      drives: [{ file: 'image:disk', if: 'virtio' }, { file: 'image:slot' }],
      images: [
        { name: 'Image', catalogue: 'rme/Image' },
        { name: 'mine', sha256, size: 7 },
        { name: 'disk', sha256, size: 1000, url: 'https://images.example/disk' },
        { name: 'slot', path: './slot.img' },
        { name: 'unused', sha256, url: 'https://unused.example/' },
      ],
      script: [
        { console: 'serial0', expect: '=>' },
        { console: 'serial0', send: 'boot\n' },
      ],
      extra: ['-rtc', 'base=utc'],
    };
    expect(review(machine, findGuest)).toMatchObject({
      board: 'virt',
      vcpus: 2,
      memoryBytes: 512 * 2 ** 20,
      addressSpaceMiB: 512 + 128,
      fetches: [
        { image: 'Image', host: undefined, bytes: 501 },
        { image: 'disk', host: 'images.example', bytes: 1000, sha256 },
      ],
      fetchBytes: 1501,
      fetchBytesComplete: true,
      hosts: ['images.example'],
      files: [
        { image: 'mine', sha256, bytes: 7 },
        { image: 'slot', sha256: undefined, path: './slot.img' },
      ],
      typed: [{ send: 'boot\n' }],
      extra: ['-rtc', 'base=utc'],
      blocked: [],
    });
  });

  it('has nothing against a built-in guest', () => {
    for (const guest of guests) {
      const seen = review(fromGuest(guest), findGuest);
      expect(seen.blocked).toEqual([]);
      expect(seen.files).toEqual([]);
      expect(seen.changes).toEqual([]);
      expect(seen.addressSpaceMiB).toBe(guest.addressSpaceMiB);
      expect(seen.fetchBytes).toBe(guest.images.reduce((sum, { wireBytes }) => sum + wireBytes, 0));
    }
  });

  it('names what keeps a machine from being started', () => {
    const large = review(fromShell(seeds['NVMe over TCP, host'] ?? '').machine);
    expect(large.blocked).toEqual([expect.stringMatching(/8320 MiB .* room for 3584 MiB/)]);
    const realm = review(fromShell(seeds['a Realm guest'] ?? '').machine);
    expect(realm.blocked).toEqual([expect.stringMatching(/Object "rme-guest" \(rme0\)/)]);
    const many = review({ format: 1, board: { type: 'virt' }, smp: { cpus: 17 } });
    expect(many.blocked).toEqual([expect.stringMatching(/17 vCPUs/)]);
    const own = review({ format: 1, extra: ['-qmp', 'unix:/tmp/q'] });
    expect(own.blocked).toEqual([expect.stringMatching(/-qmp/)]);
  });
});
