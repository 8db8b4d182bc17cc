import { deflateSync } from 'fflate';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { machines } from '../arbitrary.fixture';
import { fromFile, toFile } from '../file';
import { fromGuest } from '../from-guest';
import { fromShell } from '../from-shell';
import { findGuest, guests } from '../guests.fixture';
import { linkLimits } from '../limits';
import { canonical } from '../machine-json';
import type { Machine } from '../schema';
import { seeds } from '../seeds.fixture';
import { fromBase64url, toBase64url } from './base64url';
import { openLink } from './decode';
import { toLink } from './encode';
import { inflateRaw } from './inflate';

function linkOf(payload: unknown): string {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return `#m1.${toBase64url(deflateSync(new TextEncoder().encode(text)))}`;
}

function refusal(link: string): string {
  const opened = openLink(link, { findGuest });
  return opened.ok ? 'opened' : opened.message;
}

const own = { own: true, findGuest } as const;

// Properties take seconds on a machine that is busy with other work.
vi.setConfig({ testTimeout: 120_000 });

describe('a link', () => {
  it('gives the same machine again', () => {
    fc.assert(
      fc.property(machines, fc.boolean(), (machine, known) => {
        const link = toLink(machine, known ? findGuest : undefined);
        const opened = openLink(link, own);
        expect(opened).toMatchObject({ ok: true });
        if (!opened.ok) return;
        expect(canonical(opened.machine)).toStrictEqual(canonical(machine));
        expect(toLink(opened.machine, known ? findGuest : undefined)).toBe(link);
      }),
      { numRuns: 300 },
    );
  });

  it('of a built-in machine has at most 300 characters, changed a little or not', () => {
    for (const guest of guests) {
      const machine = fromGuest(guest);
      const changed: Machine = { ...machine, memory: { size: '1G' }, log: { items: ['int'] } };
      delete changed.append;
      for (const each of [machine, changed]) {
        const link = toLink(each, findGuest);
        expect(link.length).toBeLessThanOrEqual(300);
        expect(openLink(link, { findGuest })).toEqual({ ok: true, machine: each, notices: [] });
      }
    }
  });

  it.each(Object.entries(seeds))('of %s has at most 2 KB and opens for anybody', (_, line) => {
    const { machine } = fromShell(line);
    const link = toLink(machine);
    expect(link.length).toBeLessThanOrEqual(2048);
    expect(openLink(link)).toEqual({ ok: true, machine, notices: [] });
  });

  it('of version 1 opens for ever', () => {
    // Made on 21 November 2026 from `-M virt -m 512M -hda disk.img`. Never change it.
    const link =
      '#m1.TcxRCsIwEATQu8x3ECr4s3fwBNKPlaTtomvKJhRqyd11CYi_82bmwJRNuYKGgHtmi6ADdV8TCJtYRQvQpNl2hyJvh8twvjpEky0V0K3ffGWJjIBJnl4T5TlRlPI4ic5oY-hRX7xYvfTjgJXr8p-0sX0A';
    expect(openLink(link)).toEqual({
      ok: true,
      machine: {
        format: 1,
        board: { type: 'virt' },
        memory: { size: '512M' },
        drives: [{ form: 'hda', file: 'image:disk.img' }],
        images: [{ name: 'disk.img', path: 'disk.img' }],
      },
      notices: [],
    });
  });

  it('of a newer version, format or site is refused by name', () => {
    expect(refusal('#m2.AAAA')).toMatch(/newer Bootlink \(link version 2/);
    expect(refusal(linkOf({ format: 2 }))).toMatch(/format is 2/);
    expect(refusal(linkOf({ guest: 'later', of: '00000000' }))).toMatch(/"later" does not exist/);
  });

  it('says when its built-in guest has changed', () => {
    const opened = openLink(linkOf({ guest: 'rme', of: '00000000' }), { findGuest });
    expect(opened).toMatchObject({ ok: true, notices: [{ code: 'guest-changed' }] });
  });

  it('is a file too', () => {
    fc.assert(
      fc.property(machines, (machine) => {
        expect(fromFile(toFile(machine))).toStrictEqual({ ok: true, machine: canonical(machine) });
      }),
      { numRuns: 100 },
    );
    expect(fromFile('{"format":1,"boards":[]}')).toMatchObject({
      ok: false,
      reason: expect.stringContaining('boards') as string,
    });
    expect(fromFile('[1')).toMatchObject({ ok: false });
  });
});

describe('a hostile link', () => {
  it.each([
    ['a bomb', linkOf(`{"format":1,"notes":"${'a'.repeat(4_000_000)}"}`), /unpacks to more than/],
    ['deep nesting', linkOf('['.repeat(5000)), /nested deeper/],
    ['nothing', '#m1.', /holds nothing/],
    ['no machine', '#about', /does not hold a machine/],
    ['a number', linkOf('1'), /does not hold a machine/],
    ['too long', `#m1.${'A'.repeat(linkLimits.characters)}`, /more than \d+ characters/],
    ['not base64url', '#m1.a+b/', /not base64url/],
    ['not UTF-8', `#m1.${toBase64url(deflateSync(new Uint8Array([0x22, 0xff, 0x22])))}`, /UTF-8/],
    ['an unknown part', linkOf({ format: 1, onload: 'x' }), /onload/],
    ['a host file', linkOf({ format: 1, kernel: '/etc/passwd' }), /"kernel" names a file/],
    ['a host drive', linkOf({ format: 1, drives: [{ file: '/dev/sda' }] }), /names a file/],
    ['a socket', linkOf({ format: 1, serial: ['tcp::1'] }), /serial\.0/],
    ['a chardev', linkOf({ format: 1, chardevs: [{ backend: 'socket', id: 'x' }] }), /chardevs\.0/],
    ['QMP', linkOf({ format: 1, extra: ['-qmp', 'unix:/x'] }), /-qmp.*may not carry/],
    ['a hidden option', linkOf({ format: 1, extra: ['-rtc', 'base=utc', '-D', '/x'] }), /-D/],
    ['an unknown option', linkOf({ format: 1, extra: ['-bogus'] }), /does not know/],
    ['SMBIOS from a file', linkOf({ format: 1, extra: ['-smbios', 'file=/x'] }), /names a file/],
    ['a trace file', linkOf({ format: 1, trace: [{ file: '/x' }] }), /trace\.0\.file/],
    ['a network disk', linkOf({ format: 1, drives: [{ file: 'nbd:host:1' }] }), /reaches a host/],
    [
      'a nested network disk',
      linkOf({ format: 1, blockdevs: [{ driver: 'raw', file: { driver: 'http', url: 'x' } }] }),
      /reaches a host/,
    ],
    [
      'a host file under another driver',
      linkOf({ format: 1, objects: [{ 'qom-type': 'rng-x', id: 'r', filename: '/dev/random' }] }),
      /names something of the host/,
    ],
    [
      'an image without a hash',
      linkOf({ format: 1, images: [{ name: 'a', url: 'https://x.example/a' }] }),
      /needs its SHA-256/,
    ],
    [
      'a script that never ends',
      linkOf({
        format: 1,
        script: Array.from({ length: 201 }, () => ({ console: 'a', send: 'x' })),
      }),
      /more than 200 steps/,
    ],
  ])('with %s is refused with a sentence', (_, link, sentence) => {
    expect(refusal(link)).toMatch(sentence);
  });

  it('cannot reach a prototype', () => {
    expect(refusal(linkOf('{"format":1,"__proto__":{"kernel":"image:x"}}'))).toMatch(/__proto__/);
    const inside = openLink(linkOf('{"format":1,"board":{"__proto__":{"type":"x"}}}'));
    expect(inside).toStrictEqual({ ok: true, machine: { format: 1, board: {} }, notices: [] });
    expect(Object.prototype).not.toHaveProperty('kernel');
  });

  it('inflates no further than the cap', () => {
    const bomb = deflateSync(new Uint8Array(50_000_000));
    // Damage behind the cap would be found by whoever inflates that far.
    const damaged = new Uint8Array([
      ...bomb.subarray(0, bomb.length - 8),
      ...Array<number>(99).fill(255),
    ]);
    const caps = { bytes: 1 << 30, ratio: 1 << 20, ratioFreeBytes: 1 << 30 };
    expect(inflateRaw(damaged, caps)).toMatchObject({
      reason: expect.stringContaining('damaged') as string,
    });
    expect(inflateRaw(damaged, { ...caps, bytes: 1 << 18 })).toEqual({
      ok: false,
      reason: 'it unpacks to more than 262144 bytes',
    });
    expect(inflateRaw(damaged, { ...caps, ratio: 2, ratioFreeBytes: 1000 })).toMatchObject({
      reason: expect.stringContaining('unpacks to more than') as string,
    });
  });

  it('cut anywhere is refused, or is the whole machine still', () => {
    const machine = fromShell(seeds['a Realm guest'] ?? '').machine;
    const link = toLink(machine);
    for (let length = 0; length < link.length; length++) {
      const opened = openLink(link.slice(0, length));
      if (opened.ok) expect(opened.machine).toStrictEqual(machine);
      else expect(opened.message).toMatch(/^This link cannot be opened: .*\.$/s);
    }
  });

  it('out of 10,000 mutated ones, each opens or is refused with a sentence', () => {
    const bases = [
      ...Object.values(seeds).map((line) => toLink(fromShell(line).machine)),
      ...guests.map((guest) => toLink(fromGuest(guest), findGuest)),
    ];
    const character = fc.constantFrom(...'ABCabcxyz019-_.#=%\0é');
    const mutation = fc.record({
      at: fc.nat(4096),
      remove: fc.nat(3),
      insert: fc.string({ unit: character, maxLength: 3 }),
    });
    let opened = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...bases),
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        (base, mutations) => {
          let link = base;
          for (const { at, remove, insert } of mutations) {
            const here = at % (link.length + 1);
            link = link.slice(0, here) + insert + link.slice(here + remove);
          }
          const result = openLink(link, { findGuest });
          if (result.ok) opened++;
          else expect(result.message).toMatch(/^This link cannot be opened: .+\.$/s);
        },
      ),
      { numRuns: 10_000 },
    );
    // The mutations must not be so coarse that nothing gets past the first check.
    expect(opened).toBeGreaterThan(0);
  });

  it('whose JSON is mutated opens or is refused with a sentence', () => {
    const bases = Object.values(seeds).map((line) => JSON.stringify(fromShell(line).machine));
    const piece = fc.constantFrom(
      '"',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      'null',
      '1e999',
      '-1',
      '"__proto__":',
      '\\u0000',
      'image:',
      '/',
      '"extra":["-D"],',
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...bases),
        fc.nat(4096),
        fc.nat(8),
        piece,
        (base, at, remove, insert) => {
          const here = at % (base.length + 1);
          const result = openLink(linkOf(base.slice(0, here) + insert + base.slice(here + remove)));
          if (!result.ok) expect(result.message).toMatch(/^This link cannot be opened: .+\.$/s);
        },
      ),
      { numRuns: 3000 },
    );
  });
});

describe('base64url', () => {
  it('comes back, and refuses what it never writes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const text = toBase64url(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64url'));
        expect(fromBase64url(text)).toEqual(bytes);
      }),
    );
    for (const text of ['A', 'AB', 'AAB', 'A=', 'é', 'AA=='])
      expect(fromBase64url(text)).toBeUndefined();
  });
});
