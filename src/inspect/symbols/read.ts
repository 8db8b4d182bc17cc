import { ok, type Result } from '../error';
import { elfSymbols, isElf } from './elf';
import { mapSymbols } from './map';
import { SymbolTable } from './table';

/** The symbols of a file, an ELF program or a map in text. */
export function readSymbols(bytes: Uint8Array): Result<SymbolTable> {
  const entries = isElf(bytes) ? elfSymbols(bytes) : mapSymbols(new TextDecoder().decode(bytes));
  return entries.ok ? ok(new SymbolTable(entries.value)) : entries;
}
