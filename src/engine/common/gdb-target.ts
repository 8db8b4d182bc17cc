/**
 * Target descriptions (GDB manual, "Target Descriptions"): which registers there are, under which
 * numbers. QEMU writes them by machine (gdbstub/gdbstub.c, target/arm/gdbstub.c), so this reads
 * the elements that it writes, and is no parser of all XML.
 */

export interface GdbRegister {
  readonly name: string;
  /** What `p` is asked for. */
  readonly number: number;
  readonly bits: number;
  /** The feature that it belongs to, such as `org.gnu.gdb.aarch64.core`. */
  readonly feature: string;
}

function attributes(tag: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, name = '', double, single] of tag.matchAll(/([\w-]+)=(?:"([^"]*)"|'([^']*)')/g)) {
    found.set(name, double ?? single ?? '');
  }
  return found;
}

/** The files that a description includes, in order. */
export function includedFiles(xml: string): string[] {
  return [...xml.matchAll(/<xi:include\b[^>]*>/g)].flatMap(([tag]) => {
    const href = attributes(tag).get('href');
    return href === undefined ? [] : [href];
  });
}

/**
 * The registers of one feature's file. A register without a number follows the one before it.
 *
 * @param next the number that the first has when it names none
 */
export function registersOf(xml: string, next: number): GdbRegister[] {
  const registers: GdbRegister[] = [];
  const feature = attributes(/<feature\b[^>]*>/.exec(xml)?.[0] ?? '').get('name') ?? '';
  let number = next;
  for (const [tag] of xml.matchAll(/<reg\b[^>]*>/g)) {
    const found = attributes(tag);
    const bits = Number(found.get('bitsize'));
    number = Number(found.get('regnum') ?? number);
    const name = found.get('name');
    if (name !== undefined && Number.isInteger(bits) && bits > 0 && Number.isInteger(number)) {
      registers.push({ name, number, bits, feature });
    }
    number++;
  }
  return registers;
}
