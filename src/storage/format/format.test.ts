import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FormatError, type ReadAt } from './bytes.js';
import { detect } from './detect.js';
import { planFat, type FatPlan } from './fat-build.js';
import { FatReader, readFatDirectory, readFatVolume } from './fat.js';
import { fileSystemOf } from './filesystems.js';
import { bootCatalogue, bootImages } from './iso.js';
import { readGptEntries, readGptHeader, readMbr, readPartitions, ESP_GUID } from './partitions.js';
import { readL1, readL2, readQcow2Header } from './qcow2.js';
import { planQcow2, QCOW2_CLUSTER } from './qcow2-write.js';

const readerOf =
  (bytes: Uint8Array): ReadAt =>
  (offset, length) =>
    Promise.resolve(bytes.subarray(Math.min(offset, bytes.length), offset + length));

/** The disk that a plan describes. */
function diskOf(plan: FatPlan, files: readonly Uint8Array[]): Uint8Array {
  const disk = new Uint8Array(plan.size);
  disk.set(plan.head);
  let at = plan.head.length;
  for (const content of plan.contents) {
    const bytes = 'bytes' in content ? content.bytes : (files[content.file] ?? new Uint8Array());
    disk.set(bytes, at);
    at += Math.ceil(bytes.length / plan.clusterBytes) * plan.clusterBytes;
  }
  return disk;
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

function gptDisk(): Uint8Array {
  const disk = new Uint8Array(1 << 20);
  const view = new DataView(disk.buffer);
  disk[450] = 0xee;
  view.setUint32(454, 1, true);
  view.setUint32(458, 2047, true);
  view.setUint16(510, 0xaa55, true);
  disk.set(text('EFI PART'), 512);
  view.setBigUint64(512 + 72, 2n, true);
  view.setUint32(512 + 80, 4, true);
  view.setUint32(512 + 84, 128, true);
  const esp = [
    0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11, 0xba, 0x4b, 0, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b,
  ];
  disk.set(esp, 1024);
  view.setBigUint64(1024 + 32, 64n, true);
  view.setBigUint64(1024 + 40, 1023n, true);
  disk.set([0x45, 0, 0x53, 0, 0x50, 0], 1024 + 56);
  return disk;
}

const files = [
  { path: 'EFI/BOOT/BOOTAA64.EFI', bytes: text('MZ boot') },
  { path: 'a long name, in mixed case.txt', bytes: text('long') },
  { path: 'startup.nsh', bytes: text('Image') },
];
const plan = planFat(
  files.map(({ path, bytes }) => ({ path, size: bytes.length })),
  'tools',
  0,
);
const fatDisk = diskOf(
  plan,
  files.map(({ bytes }) => bytes),
);
const fatVolume = fatDisk.subarray(1 << 20);

/** Every parser of this folder, on bytes that it takes. */
const qcow2 = planQcow2(10 << 20, (cluster) => cluster % 3 === 0).metadata;
const header = readQcow2Header(qcow2);
const iso = new Uint8Array(2048);
iso.set([0, ...text('CD001'), 1, ...text('EL TORITO SPECIFICATION')]);
iso[0x47] = 20;
const catalogue = new Uint8Array(96);
catalogue.set([1, 0], 0);
catalogue.set([0x91, 0xef], 32);
catalogue.set([0x88], 64);
const gpt = gptDisk();
const parsers: [string, Uint8Array, (bytes: Uint8Array) => unknown][] = [
  ['MBR', fatDisk.subarray(0, 512), readMbr],
  ['GPT header', gpt.subarray(512, 1024), readGptHeader],
  [
    'GPT entries',
    gpt.subarray(1024, 1536),
    (bytes) => readGptEntries(bytes, { entries: 0, count: 4, entrySize: 128 }),
  ],
  ['FAT boot sector', fatVolume.subarray(0, 512), readFatVolume],
  [
    'FAT directory',
    fatVolume.subarray(plan.head.length - (1 << 20) - 32 * 512, plan.head.length - (1 << 20)),
    readFatDirectory,
  ],
  ['file system', gpt.subarray(0, 2048), fileSystemOf],
  ['boot record', iso.subarray(0, 128), bootCatalogue],
  ['boot catalogue', catalogue, bootImages],
  ['qcow2 header', qcow2.subarray(0, 112), readQcow2Header],
  ['qcow2 L1', qcow2.subarray(3 * QCOW2_CLUSTER, 3 * QCOW2_CLUSTER + 64), (b) => readL1(b, 8)],
];

test.each(parsers)(
  '%s: cut short at every byte, it gives data or a named error',
  (_, bytes, parse) => {
    expect(() => parse(bytes)).not.toThrow();
    for (let length = 0; length < bytes.length; length++) {
      try {
        parse(bytes.slice(0, length));
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
        expect((error as FormatError).offset).toBeGreaterThanOrEqual(0);
      }
    }
  },
);

test.each(parsers)('%s: any bytes give data or a named error', (_, bytes, parse) => {
  const flips = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 12 });
  fc.assert(
    fc.property(flips, (changes) => {
      const copy = bytes.slice();
      for (const [at, value] of changes) copy[at] = value;
      try {
        parse(copy);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      }
    }),
    { numRuns: 300 },
  );
});

test('detection of damaged images never throws, and ends', async () => {
  const flips = fc.array(fc.tuple(fc.nat(70_000), fc.nat(255)), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(flips, fc.nat(2 << 20), async (changes, length) => {
      const copy = fatDisk.slice(0, Math.max(512, length));
      for (const [at, value] of changes) {
        const place = at < 1024 ? at : (1 << 20) + at;
        if (place < copy.length) copy[place] = value;
      }
      const finding = await detect(readerOf(copy), copy.length);
      expect(finding.advice.length).toBeGreaterThan(0);
    }),
    { numRuns: 100 },
  );
}, 60_000);

test('a GPT is read, with types and names', async () => {
  const table = await readPartitions(readerOf(gptDisk()));
  expect(table).toEqual({
    kind: 'gpt',
    partitions: [{ number: 1, start: 64 * 512, length: 960 * 512, type: ESP_GUID, name: 'ESP' }],
  });
});

test('a FAT drive of files is found again, with its boot file and label', async () => {
  const finding = await detect(readerOf(fatDisk), fatDisk.length);
  expect(finding).toMatchObject({ kind: 'MBR disk', bootsHere: true, bootFiles: ['BOOTAA64.EFI'] });
  expect(finding.parts[0]).toMatchObject({
    where: 'partition 1',
    fileSystem: 'FAT16',
    label: 'TOOLS',
  });
});

test('its files hold what went in, under their long names', async () => {
  const fat = await FatReader.open(readerOf(fatVolume));
  for (const { path, bytes } of files) {
    const entry = await fat.find(path);
    expect(entry?.size, path).toBe(bytes.length);
    expect(await fat.chain(entry?.cluster ?? 0, bytes.length)).toEqual(bytes);
  }
});

test('a folder with nothing in it is a folder there, at the top and below another', async () => {
  const made = planFat(
    [
      { path: 'notes/today.txt', size: 2 },
      { path: 'Nothing here/', size: 0 },
      { path: 'notes/later/', size: 0 },
    ],
    'x',
    0,
  );
  const fat = await FatReader.open(readerOf(diskOf(made, [text('hi')]).subarray(1 << 20)));
  for (const path of ['Nothing here', 'notes/later']) {
    const entry = await fat.find(path);
    expect(entry, path).toMatchObject({ directory: true, size: 0 });
    // It has a cluster of its own, with the two entries that every folder has.
    const names = readFatDirectory(await fat.chain(entry?.cluster ?? 0, 4096));
    expect(names.map(({ name }) => name)).toEqual(['.', '..']);
  }
  expect(await fat.chain((await fat.find('notes/today.txt'))?.cluster ?? 0, 2)).toEqual(text('hi'));
});

test('an x86 disk is told from one that boots here', async () => {
  const pc = planFat([{ path: 'EFI/BOOT/BOOTX64.EFI', size: 2 }], '', 0);
  const disk = diskOf(pc, [text('MZ')]);
  const finding = await detect(readerOf(disk), disk.length);
  expect(finding.bootsHere).toBe(false);
  expect(finding.advice.join(' ')).toContain('x86');
});

test('any set of names comes back out of a FAT drive', async () => {
  const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,40}[A-Za-z0-9]$/);
  const set = fc.uniqueArray(fc.tuple(name, fc.uint8Array({ maxLength: 5000 })), {
    maxLength: 12,
    selector: ([each]) => each.toLowerCase(),
  });
  await fc.assert(
    fc.asyncProperty(set, async (entries) => {
      const contents = entries.map(([, bytes]) => bytes);
      const made = planFat(
        entries.map(([each, bytes]) => ({ path: `Folder/${each}`, size: bytes.length })),
        'x',
        0,
      );
      const fat = await FatReader.open(readerOf(diskOf(made, contents).subarray(1 << 20)));
      for (const [each, bytes] of entries) {
        const found = await fat.find(`Folder/${each}`);
        expect(found?.name).toBe(each);
        expect(await fat.chain(found?.cluster ?? 0, bytes.length)).toEqual(new Uint8Array(bytes));
      }
    }),
    { numRuns: 25 },
  );
}, 60_000);

test('a qcow2 plan is read back as it was asked for', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40_000 }),
      fc.integer({ min: 2, max: 9 }),
      (clusters, step) => {
        const size = clusters * QCOW2_CLUSTER - 512;
        const made = planQcow2(size, (cluster) => cluster % step === 0);
        const read = readQcow2Header(made.metadata);
        expect(read.size).toBe(size);
        const tables = readL1(made.metadata.subarray(read.l1Offset), read.l1Size);
        let next = made.metadata.length;
        for (const [i, table] of tables.entries()) {
          if (table === 0) continue;
          for (const [j, cluster] of readL2(
            made.metadata.subarray(table, table + QCOW2_CLUSTER),
            read,
          ).entries()) {
            const number = i * 8192 + j;
            if (number >= clusters || number % step !== 0) expect(cluster.kind).toBe('unallocated');
            else {
              expect(cluster).toEqual({ kind: 'data', offset: next });
              next += QCOW2_CLUSTER;
            }
          }
        }
      },
    ),
    { numRuns: 12 },
  );
});

test('L2 entries of compressed clusters say where their bytes are', () => {
  const bytes = new Uint8Array(QCOW2_CLUSTER);
  const view = new DataView(bytes.buffer);
  // 64 KiB clusters: 54 bits of offset, then the number of further sectors.
  view.setBigUint64(0, (1n << 62n) | (3n << 54n) | 0x12345n);
  expect(readL2(bytes, header)[0]).toEqual({
    kind: 'compressed',
    offset: 0x12345,
    length: 4 * 512 - (0x12345 % 512),
  });
});
