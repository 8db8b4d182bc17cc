/** Names of addresses: a program's symbols, from whichever file they came. */

export interface SymbolEntry {
  readonly name: string;
  readonly address: bigint;
  /** Bytes; 0 where the file does not say. */
  readonly size: bigint;
}

/** An address as a symbol and what is added to it. */
export interface SymbolPlace {
  readonly symbol: SymbolEntry;
  readonly offset: bigint;
}

/** How far behind a symbol without a size an address still counts as its own. */
const FURTHEST = 1n << 20n;

export class SymbolTable {
  /** In ascending order of address. */
  private readonly entries: readonly SymbolEntry[];
  private readonly byName: ReadonlyMap<string, SymbolEntry>;

  constructor(entries: readonly SymbolEntry[]) {
    this.entries = [...entries].sort((a, b) =>
      a.address < b.address ? -1 : a.address > b.address ? 1 : a.size < b.size ? -1 : 1,
    );
    this.byName = new Map([...this.entries].reverse().map((each) => [each.name, each]));
  }

  get count(): number {
    return this.entries.length;
  }

  /** The symbol that an address belongs to; undefined outside of all of them. */
  at(address: bigint): SymbolPlace | undefined {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.entries[middle]?.address ?? 0n) <= address) low = middle + 1;
      else high = middle;
    }
    const symbol = this.entries[low - 1];
    if (symbol === undefined) return undefined;
    const offset = address - symbol.address;
    return offset < (symbol.size === 0n ? FURTHEST : symbol.size) ? { symbol, offset } : undefined;
  }

  /** The symbol of that name. */
  named(name: string): SymbolEntry | undefined {
    return this.byName.get(name);
  }

  /** Names that begin so, at most `most` of them, in order of address. */
  complete(prefix: string, most: number): string[] {
    const found: string[] = [];
    for (const { name } of this.entries) {
      if (found.length >= most) break;
      if (name.startsWith(prefix)) found.push(name);
    }
    return found;
  }
}

/** `name` or `name+0x1c`. */
export function placeText({ symbol, offset }: SymbolPlace): string {
  return offset === 0n ? symbol.name : `${symbol.name}+0x${offset.toString(16)}`;
}
