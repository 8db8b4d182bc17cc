/** One crash dump being read: registers, syndrome, and what it means. */
import { decodeEsr } from '../esr/esr';
import { likelyReasons } from '../esr/likely';
import { hex } from '../field';
import type { CrashFormat, CrashLine } from './crash-formats';
import { addRegisters, type Registers, type Symbols } from './dump-registers';
import type { CrashEvent } from './event';

/** A dump longer than this is taken as ended: EDK2's never says so itself. */
const MAX_LINES = 200;

export class CrashDump {
  private readonly registers: Registers = {};
  private readonly symbols: Symbols = {};
  private readonly title: string;
  private lines = 1;
  private ended = false;
  private previous: string;

  constructor(
    readonly format: CrashFormat,
    private readonly id: number,
    private readonly line: string,
    private readonly offset: number,
    first: CrashLine,
    bare: string,
  ) {
    this.title = first.title ?? 'crash';
    this.previous = bare;
    addRegisters(bare, format.styles, this.registers);
    this.take(first);
  }

  get complete(): boolean {
    return this.ended;
  }

  /** Reads a line of the dump; true if it told anything new. */
  add(bare: string): boolean {
    this.lines++;
    const found = addRegisters(bare, this.format.styles, this.registers);
    const more = this.format.more?.(bare);
    if (more !== undefined) this.take(more);
    const reason = this.format.reasonAfter?.test(this.previous) === true;
    if (reason) this.symbols.panic = bare;
    this.previous = bare;
    if (this.format.end?.test(bare) === true || this.lines >= MAX_LINES) this.ended = true;
    return found || reason || more !== undefined || this.ended;
  }

  end(): void {
    this.ended = true;
  }

  private take(said: CrashLine): void {
    Object.assign(this.registers, said.registers ?? {});
    Object.assign(this.symbols, said.symbols ?? {});
  }

  private first(names: readonly string[]): bigint | undefined {
    for (const name of names) {
      const found = this.registers[name];
      if (found !== undefined) return found;
    }
    return undefined;
  }

  event(): CrashEvent {
    const { format, title } = this;
    const stale = format.staleEsr?.test(title) === true;
    const esr = stale ? undefined : this.first(format.esr);
    const syndrome = esr === undefined ? undefined : decodeEsr(esr, 'ESR');
    const far =
      syndrome?.farValid === false ? undefined : stale ? undefined : this.first(format.far);
    const pc = this.first(format.pc);
    const where = this.symbols.pc ?? (pc === undefined ? undefined : hex(pc));
    const panic = this.symbols.panic;
    const told = [
      `${format.family}: ${title}`,
      ...(panic === undefined || title.includes(panic)
        ? []
        : [title.startsWith('panic') ? panic : `Then panic: ${panic}`]),
      ...(syndrome === undefined ? [] : [syndrome.summary]),
    ].map((part) => part.replace(/\.$/, ''));
    const explanation =
      told.join('. ') +
      (far === undefined ? '' : `, at address ${hex(far)}`) +
      (where === undefined ? '' : `, in code at ${where}`) +
      '.';
    return {
      kind: 'crash',
      id: this.id,
      family: format.family,
      title,
      registers: { ...this.registers },
      symbols: { ...this.symbols },
      ...(syndrome === undefined ? {} : { syndrome }),
      ...(far === undefined ? {} : { faultAddress: far }),
      ...(pc === undefined ? {} : { pc }),
      explanation,
      likely: syndrome === undefined ? [] : likelyReasons(syndrome, far),
      lines: this.lines,
      complete: this.ended,
      source: format.source,
      line: this.line,
      offset: this.offset,
    };
  }
}
