import { QCOW2_MAGIC } from './qcow2.js';

/** 64 KiB, QEMU's own default (docs/interop/qcow2.rst). */
const CLUSTER_BITS = 16;
export const QCOW2_CLUSTER = 1 << CLUSTER_BITS;
/** Reference counts of 16 bits. */
const COUNTS_PER_BLOCK = QCOW2_CLUSTER / 2;
const ENTRIES_PER_L2 = QCOW2_CLUSTER / 8;
/** The bit that says that a cluster is referred to once. */
const COPIED = 0x80000000;

export interface Qcow2Plan {
  /** All that comes before the data, in whole clusters. */
  metadata: Uint8Array<ArrayBuffer>;
  /** Guest clusters whose data follows, in this order. */
  data: number[];
}

/**
 * Lays out a qcow2 file (version 3) of `size` bytes so that it can be written from its start to
 * its end: header, reference counts, L1 and L2 tables, then the clusters of which `allocated`
 * says that they hold data.
 */
export function planQcow2(size: number, allocated: (cluster: number) => boolean): Qcow2Plan {
  const clusters = Math.ceil(size / QCOW2_CLUSTER);
  const data: number[] = [];
  const tables: number[] = [];
  for (let i = 0; i < clusters; i++) {
    if (!allocated(i)) continue;
    data.push(i);
    const table = Math.floor(i / ENTRIES_PER_L2);
    if (tables.at(-1) !== table) tables.push(table);
  }
  const l1Entries = Math.max(1, Math.ceil(clusters / ENTRIES_PER_L2));
  const l1Clusters = Math.ceil((l1Entries * 8) / QCOW2_CLUSTER);
  const fixed = 1 + l1Clusters + tables.length + data.length;
  // Reference counts count their own clusters too: look for the number that suffices.
  let blocks = 1;
  let countTable = 1;
  while (blocks * COUNTS_PER_BLOCK < fixed + blocks + countTable) {
    blocks++;
    countTable = Math.ceil((blocks * 8) / QCOW2_CLUSTER);
  }
  const total = fixed + blocks + countTable;
  const countTableAt = 1;
  const blocksAt = countTableAt + countTable;
  const l1At = blocksAt + blocks;
  const l2At = l1At + l1Clusters;
  const dataAt = l2At + tables.length;

  const metadata = new Uint8Array(dataAt * QCOW2_CLUSTER);
  const view = new DataView(metadata.buffer);
  const put64 = (at: number, value: number, flags = 0): void => {
    view.setUint32(at, (Math.floor(value / 2 ** 32) | flags) >>> 0);
    view.setUint32(at + 4, value >>> 0);
  };
  view.setUint32(0, QCOW2_MAGIC);
  view.setUint32(4, 3);
  view.setUint32(20, CLUSTER_BITS);
  put64(24, size);
  view.setUint32(36, l1Entries);
  put64(40, l1At * QCOW2_CLUSTER);
  put64(48, countTableAt * QCOW2_CLUSTER);
  view.setUint32(56, countTable);
  // Reference counts of 2^4 bits; the header has 104 bytes.
  view.setUint32(96, 4);
  view.setUint32(100, 104);
  for (let i = 0; i < blocks; i++) {
    put64(countTableAt * QCOW2_CLUSTER + i * 8, (blocksAt + i) * QCOW2_CLUSTER);
  }
  for (let i = 0; i < total; i++) view.setUint16(blocksAt * QCOW2_CLUSTER + i * 2, 1);
  for (const [i, table] of tables.entries()) {
    put64(l1At * QCOW2_CLUSTER + table * 8, (l2At + i) * QCOW2_CLUSTER, COPIED);
  }
  const place = new Map(tables.map((table, i) => [table, (l2At + i) * QCOW2_CLUSTER]));
  for (const [i, cluster] of data.entries()) {
    const table = place.get(Math.floor(cluster / ENTRIES_PER_L2)) ?? 0;
    const at = table + (cluster % ENTRIES_PER_L2) * 8;
    put64(at, (dataAt + i) * QCOW2_CLUSTER, COPIED);
  }
  return { metadata, data };
}
