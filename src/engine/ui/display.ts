import { DisplayReader, type Picture } from '../common/display.js';

/** A key by QEMU's name, or a movement or button of the pointer (QEMU's qapi/ui.json). */
export type InputEvent =
  | { type: 'key'; data: { down: boolean; key: { type: 'qcode'; data: string } } }
  | { type: 'btn'; data: { down: boolean; button: PointerButton } }
  /** From 0 to 0x7fff over the whole picture. */
  | { type: 'abs'; data: { axis: 'x' | 'y'; value: number } }
  /** In the pointer's own steps. */
  | { type: 'rel'; data: { axis: 'x' | 'y'; value: number } };

export type PointerButton =
  'left' | 'middle' | 'right' | 'wheel-up' | 'wheel-down' | 'side' | 'extra';

/** The picture of a run, from before QEMU runs until after. */
export class Display {
  /** False for an engine that cannot show a picture. */
  available = true;
  private reader: DisplayReader | undefined;
  private wanted = 0;

  /** Connects to QEMU. @param address of the display's block, 0 if the engine has none */
  attach(memory: SharedArrayBuffer, address: number): void {
    this.available = address !== 0;
    if (address === 0) return;
    this.reader = new DisplayReader(memory, address);
    this.reader.interval = this.wanted;
  }

  detach(): void {
    this.reader = undefined;
  }

  /** How often the picture is looked at, in ms; 0 while nobody does, which costs nothing. */
  get interval(): number {
    return this.wanted;
  }

  set interval(milliseconds: number) {
    this.wanted = milliseconds;
    if (this.reader !== undefined) this.reader.interval = milliseconds;
  }

  /** What changed since the last reading: see `DisplayReader.read`. */
  read(): Picture | undefined | string {
    return this.reader?.read();
  }

  /** The whole picture comes with the next reading: there is a new canvas. */
  forget(): void {
    this.reader?.forget();
  }
}
