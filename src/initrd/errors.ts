/** The formats this folder reads; a {@link ParseError} names the one it was reading. */
export type Format =
  'cpio' | 'ELF' | 'ar' | 'tar' | 'deb' | 'gzip' | 'xz' | 'zstd' | 'initrd' | 'modinfo';

/**
 * What a parser throws on bytes that are not what they claim to be.
 * `offset` counts bytes from the start of the input that `format` describes
 * (inside a compressed file: of the decompressed bytes).
 */
export class ParseError extends Error {
  override readonly name = 'ParseError';
  constructor(
    readonly format: Format,
    readonly offset: number,
    readonly problem: string,
    readonly input = '',
  ) {
    super(`${input === '' ? '' : `${input}: `}${problem} (${format}, byte ${String(offset)})`);
  }

  /** The same error, saying which input it is about; an input already named stays. */
  on(input: string): ParseError {
    return this.input === '' ? new ParseError(this.format, this.offset, this.problem, input) : this;
  }
}

/** What the builder throws when asked for something it cannot make; `advice` says what to do. */
export class InitrdError extends Error {
  override readonly name = 'InitrdError';
  constructor(
    readonly problem: string,
    readonly advice: string,
  ) {
    super(`${problem}. ${advice}`);
  }
}

/** Runs `work`; a {@link ParseError} that leaves it says that it was about `input`. */
export async function naming<T>(input: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ParseError ? error.on(input) : error;
  }
}
