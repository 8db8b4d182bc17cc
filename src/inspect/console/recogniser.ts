/**
 * The console recogniser: chunks of console text in, events out.
 *
 * One per console, since lines of several must not mix. The events depend on the
 * text only, never on how it was cut into chunks (property test). What it holds
 * is bounded: one line and one crash dump.
 */
import { bareLine } from './bare';
import { CrashDump } from './crash';
import { CRASH_FORMATS, type CrashFormat, type CrashLine } from './crash-formats';
import type { Component, ConsoleEvent, CrashEvent, PhaseEvent } from './event';
import { LineSplitter, type Line } from './lines';
import { ENTRY_POINT, phaseOfLine, promptOf } from './phases';
import { problemOfLine } from './problems';
import { rmmCallOfLine } from './rmm-log';

export class ConsoleRecogniser {
  private readonly splitter: LineSplitter;
  private events: ConsoleEvent[] = [];
  private dump: CrashDump | undefined;
  private crashes = 0;
  /** The TF-A image that last spoke. */
  private running: Component = 'BL1';

  constructor() {
    this.splitter = new LineSplitter(
      (line) => {
        this.line(line);
      },
      (text, offset) => {
        const prompt = promptOf(text, offset);
        if (prompt !== undefined) {
          this.closeDump();
          this.events.push(prompt);
        }
      },
    );
  }

  /** Takes console text, decoded (TextDecoder with stream: true), and gives what it marks. */
  push(chunk: string): ConsoleEvent[] {
    this.splitter.push(chunk);
    return this.take();
  }

  /** The console is closed: an unfinished line counts and an open dump ends. */
  finish(): ConsoleEvent[] {
    this.splitter.flush();
    this.closeDump();
    return this.take();
  }

  /** The dump being read, for a guest that stopped in the middle of one. */
  openCrash(): CrashEvent | undefined {
    return this.dump?.event();
  }

  private take(): ConsoleEvent[] {
    const taken = this.events;
    this.events = [];
    return taken;
  }

  private line({ text, offset }: Line): void {
    const bare = bareLine(text);
    const phase = this.placed(phaseOfLine(text, bare, offset));
    if (this.dump !== undefined) {
      // A component that starts afresh ends the dump of the one that died.
      if (phase?.mark === 'start') this.closeDump();
      else if (this.inDump(this.dump, text, bare)) return;
    }
    const start = crashStart(text, bare);
    if (start !== undefined) {
      this.closeDump();
      this.dump = new CrashDump(start.format, this.crashes++, text, offset, start.said, bare);
      this.events.push(this.dump.event());
      return;
    }
    const found = phase ?? rmmCallOfLine(text, bare, offset) ?? problemOfLine(text, bare, offset);
    if (found !== undefined) this.events.push(found);
  }

  private placed(phase: PhaseEvent | undefined): PhaseEvent | undefined {
    if (phase === undefined) return undefined;
    if (phase.label === ENTRY_POINT) return { ...phase, component: this.running };
    if (['BL1', 'BL2', 'BL31'].includes(phase.component)) this.running = phase.component;
    return phase;
  }

  /** Gives the line to the open dump; false if it belongs to another crash. */
  private inDump(dump: CrashDump, text: string, bare: string): boolean {
    const start = crashStart(text, bare);
    if (start !== undefined && start.format.family !== dump.format.family) return false;
    if (dump.add(bare)) this.events.push(dump.event());
    if (dump.complete) this.dump = undefined;
    return true;
  }

  private closeDump(): void {
    if (this.dump === undefined) return;
    this.dump.end();
    this.events.push(this.dump.event());
    this.dump = undefined;
  }
}

function crashStart(
  text: string,
  bare: string,
): { readonly format: CrashFormat; readonly said: CrashLine } | undefined {
  const xen = text.startsWith('(XEN)');
  for (const format of CRASH_FORMATS) {
    // Xen and Linux word some lines alike; the prefix tells them apart.
    if (xen !== (format.family === 'Xen')) continue;
    const said = format.start(bare);
    if (said !== undefined) return { format, said };
  }
  return undefined;
}
