/** ELF files made for tests: little, but laid out as a linker does. Nothing here runs. */
import { type Bytes, concatBytes, encodeText } from '../bytes';

export interface ElfPlan {
  bits?: 32 | 64;
  /** e_machine; 183 is AArch64. */
  machine?: number;
  interpreter?: string;
  needed?: string[];
  soname?: string;
  rpath?: string;
  runpath?: string;
  /** Further sections, by name. */
  sections?: Record<string, Bytes>;
  /** Bytes put after everything that the headers describe. */
  tail?: Bytes;
}

const BASE = 0x400000;

export function makeElf(plan: ElfPlan): Bytes {
  const wide = (plan.bits ?? 64) === 64;
  const word = wide ? 8 : 4;
  const size = wide ? { header: 64, ph: 56, sh: 64 } : { header: 52, ph: 32, sh: 40 };
  const strings: Bytes[] = [encodeText('\0')];
  let used = 1;
  const text = (value: string): number => {
    const at = used;
    const bytes = encodeText(`${value}\0`);
    strings.push(bytes);
    used += bytes.length;
    return at;
  };
  const tags: [number, number][] = (plan.needed ?? []).map((name) => [1, text(name)]);
  if (plan.soname !== undefined) tags.push([14, text(plan.soname)]);
  if (plan.rpath !== undefined) tags.push([15, text(plan.rpath)]);
  if (plan.runpath !== undefined) tags.push([29, text(plan.runpath)]);
  const dynstr = concatBytes(strings);
  const hasDynamic = tags.length > 0;
  const interp = plan.interpreter === undefined ? undefined : encodeText(`${plan.interpreter}\0`);
  const phCount = 1 + (hasDynamic ? 1 : 0) + (interp === undefined ? 0 : 1);

  const interpAt = size.header + phCount * size.ph;
  const dynamicAt = Math.ceil((interpAt + (interp?.length ?? 0)) / 8) * 8;
  const dynamicSize = hasDynamic ? (tags.length + 3) * 2 * word : 0;
  const dynstrAt = dynamicAt + dynamicSize;
  const sections = Object.entries(plan.sections ?? {});
  let at = dynstrAt + dynstr.length;
  const places = sections.map(([, data]) => {
    const place = at;
    at += data.length;
    return place;
  });
  const names = ['', ...sections.map(([name]) => name), '.shstrtab'];
  const shstrtab = encodeText(`${names.join('\0')}\0`);
  const shstrtabAt = at;
  const shAt = Math.ceil((at + shstrtab.length) / 8) * 8;
  const shCount = sections.length > 0 ? names.length : 0;
  const loaded = dynstrAt + dynstr.length;
  const out = new Uint8Array(shAt + shCount * size.sh);
  const view = new DataView(out.buffer);
  const putWord = (offset: number, value: number): void => {
    if (wide) view.setBigUint64(offset, BigInt(value), true);
    else view.setUint32(offset, value, true);
  };

  out.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, 1, 1]);
  view.setUint16(16, sections.length > 0 ? 1 : 3, true);
  view.setUint16(18, plan.machine ?? 183, true);
  view.setUint32(20, 1, true);
  putWord(wide ? 32 : 28, size.header);
  putWord(wide ? 40 : 32, shCount === 0 ? 0 : shAt);
  const rest = wide ? 52 : 40;
  [size.header, size.ph, phCount, size.sh, shCount, Math.max(0, shCount - 1)].forEach(
    (value, i) => {
      view.setUint16(rest + 2 * i, value, true);
    },
  );
  let ph = size.header;
  const segment = (type: number, offset: number, length: number): void => {
    view.setUint32(ph, type, true);
    putWord(ph + (wide ? 8 : 4), offset);
    putWord(ph + (wide ? 16 : 8), BASE + offset);
    putWord(ph + (wide ? 32 : 16), length);
    ph += size.ph;
  };
  segment(1, 0, loaded);
  if (interp !== undefined) {
    segment(3, interpAt, interp.length);
    out.set(interp, interpAt);
  }
  if (hasDynamic) {
    segment(2, dynamicAt, dynamicSize);
    [...tags, [5, BASE + dynstrAt], [10, dynstr.length], [0, 0]].forEach(
      ([tag = 0, value = 0], i) => {
        putWord(dynamicAt + i * 2 * word, tag);
        putWord(dynamicAt + i * 2 * word + word, value);
      },
    );
  }
  out.set(dynstr, dynstrAt);
  sections.forEach(([, data], i) => out.set(data, places[i]));
  out.set(shstrtab, shstrtabAt);
  let name = 0;
  for (let i = 0; i < shCount; i++) {
    const sh = shAt + i * size.sh;
    const last = i === shCount - 1;
    view.setUint32(sh, name, true);
    view.setUint32(sh + 4, i === 0 ? 0 : last ? 3 : 1, true);
    putWord(sh + (wide ? 24 : 16), i === 0 ? 0 : last ? shstrtabAt : (places[i - 1] ?? 0));
    putWord(
      sh + (wide ? 32 : 20),
      i === 0 ? 0 : last ? shstrtab.length : (sections[i - 1]?.[1].length ?? 0),
    );
    name += (names[i]?.length ?? 0) + 1;
  }
  return plan.tail === undefined ? out : concatBytes([out, plan.tail]);
}

/** A kernel module with nothing but its .modinfo. */
export function makeModule(info: Record<string, string>, machine = 183): Bytes {
  const pairs = Object.entries(info).map(([key, value]) => `${key}=${value}\0`);
  return makeElf({ machine, sections: { '.modinfo': encodeText(pairs.join('')) } });
}

/** A “busybox” with these applets in its table, between other data. */
export function makeBusybox(applets: readonly string[], plan: ElfPlan = {}): Bytes {
  const table = `${[...applets].sort().join('\0')}\0`;
  return makeElf({ ...plan, tail: encodeText(`\x01\x02usage: \0sh\0\x7f\0${table}\0\x03`) });
}
