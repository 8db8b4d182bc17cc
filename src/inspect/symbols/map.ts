/** Symbols of text files: nm, System.map, and the map files of GNU ld and of LLVM's lld. */
import { fail, ok, type Result } from '../error';
import type { SymbolEntry } from './table';

/** `ffff800080000000 T _text`, as nm and the kernel's System.map write it; with -S a size too. */
const NM = /^([0-9a-f]{8,16})(?: ([0-9a-f]{8,16}))? [a-zA-Z?] ([^\s]+)/;
/** `                0x0000000040200000                main`: GNU ld, a symbol on its own line. */
const GNU_LD = /^ {4,}0x([0-9a-f]{8,16}) {4,}([A-Za-z_.$][\w.$]*)(?: = .*)?$/;
/** `40200000 40200000 1c 4 main`: lld; the name stands furthest to the right. */
const LLD = /^ *([0-9a-f]{4,16}) +[0-9a-f]{4,16} +([0-9a-f]+) +\d+ {9,}([A-Za-z_.$][\w.$]*)$/;

/** Symbols in a text; an error when no line of it is one. */
export function mapSymbols(text: string): Result<SymbolEntry[]> {
  const found: SymbolEntry[] = [];
  for (const line of text.split(/\r?\n/)) {
    const nm = NM.exec(line);
    if (nm !== null) add(nm[3], nm[1], nm[2]);
    const ld = nm === null ? GNU_LD.exec(line) : null;
    if (ld !== null) add(ld[2], ld[1], undefined);
    const lld = nm === null && ld === null ? LLD.exec(line) : null;
    if (lld !== null) add(lld[3], lld[1], lld[2]);
  }
  if (found.length > 0) return ok(found);
  return fail(
    'not-symbols',
    'No symbol was found: neither an ELF file, nor lines of nm or System.map, nor a linker’s map file.',
  );

  function add(name = '', address = '', size = '0'): void {
    if (name === '' || name.startsWith('$')) return;
    found.push({ name, address: BigInt(`0x${address}`), size: BigInt(`0x${size}`) });
  }
}
