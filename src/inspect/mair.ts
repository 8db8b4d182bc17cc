/** MAIR_ELx: eight memory attributes, one a byte; and the same code in PAR_EL1.ATTR. */
import { decodeFields, type Decoded, type FieldSpec } from './field';
import { register } from './source';

const DEVICE = ['nGnRnE', 'nGnRE', 'nGRE', 'GRE'] as const;

const SPECIAL: Readonly<Record<number, string>> = {
  0x40: 'Normal, Non-cacheable, XS=0',
  0xa0: 'Normal, Write-Through cacheable, XS=0',
  0xf0: 'Normal, Write-Back cacheable, Tagged',
};

/** One nibble of a Normal attribute; 0 is not a valid nibble. */
function cacheability(nibble: number): string {
  if (nibble === 4) return 'Non-cacheable';
  const policy = nibble & 4 ? 'Write-Back' : 'Write-Through';
  const transient = (nibble & 0xc) === 0 || (nibble & 0xc) === 4 ? ' transient' : '';
  const allocate =
    (nibble & 3) === 3
      ? 'allocate on read and write'
      : (nibble & 3) === 2
        ? 'allocate on read'
        : (nibble & 3) === 1
          ? 'allocate on write'
          : 'no allocate';
  return `${policy}${transient}, ${allocate}`;
}

/** A memory attribute byte in words (Arm ARM D24.2, MAIR_EL1, Attr<n>). */
export function memoryAttribute(attribute: number): string {
  const special = SPECIAL[attribute];
  if (special !== undefined) return special;
  const outer = attribute >> 4;
  const inner = attribute & 0xf;
  if (outer === 0) {
    if ((inner & 2) !== 0) return 'reserved';
    const type = DEVICE[inner >> 2] ?? 'reserved';
    return `Device-${type}${(inner & 1) === 1 ? ', XS=0' : ''}`;
  }
  if (inner === 0) return 'reserved';
  if (outer === inner) return `Normal, ${cacheability(outer)}`;
  return `Normal, outer ${cacheability(outer)}; inner ${cacheability(inner)}`;
}

const FIELDS: readonly FieldSpec[] = [7, 6, 5, 4, 3, 2, 1, 0].map((n) => ({
  name: `Attr${n.toString()}`,
  hi: n * 8 + 7,
  lo: n * 8,
  meaning: (v: bigint) => memoryAttribute(Number(v)),
}));

export function decodeMair(value: bigint, name = 'MAIR_ELx'): Decoded {
  const source = register(name);
  const fields = decodeFields(value, FIELDS, source);
  const kinds = new Set(fields.map((f) => f.meaning));
  return {
    register: name,
    value,
    fields,
    summary: `${kinds.size.toString()} kinds of memory: ${[...kinds].reverse().join('; ')}`,
    source,
  };
}
