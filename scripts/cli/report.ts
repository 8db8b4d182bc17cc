import { isClean, type Diagnostic } from '../../src/machine/diagnostics';
import type { CliIo } from './command';

/** Line and column, from 1, of an offset. */
function position(source: string, offset: number): string {
  const before = source.slice(0, offset).split('\n');
  return `${String(before.length)}:${String((before.at(-1) ?? '').length + 1)}`;
}

/**
 * Writes what there is to say, one line each, as the page words it. Gives the exit code.
 * @param source the text that ranges are offsets of, if there is one
 */
export function report(diagnostics: readonly Diagnostic[], io: CliIo, source?: string): 0 | 1 {
  for (const { severity, message, range, path } of diagnostics) {
    let where = '';
    if (source !== undefined && range !== undefined) where = `${position(source, range.start)}: `;
    else if (path !== undefined && path.length > 0) where = `${path.join('.')}: `;
    io.stderr.write(`${where}${severity}: ${message}\n`);
  }
  return isClean(diagnostics) ? 0 : 1;
}
