import { qKeyCode } from '../../engine/common/key-codes.js';
import type { InputEvent } from '../../engine/ui/display.js';
import type { Run } from '../../engine/ui/run.js';

/**
 * The visitor's keys and pointer on their way to a guest, in order. Movements that QEMU has not
 * taken yet are replaced by later ones: a slow guest gets where the pointer is, not where it was.
 */
export class GuestInput {
  private readonly held = new Set<string>();
  private readonly waiting: { events: InputEvent[]; isMove: boolean }[] = [];
  private isSending = false;

  /** @param onSent is called whenever something was typed or moved */
  constructor(
    private readonly run: Run,
    private readonly onSent: () => void,
  ) {}

  /** A key by `KeyboardEvent.code`; false for one that no guest's keyboard has. */
  key(code: string, down: boolean): boolean {
    const key = qKeyCode(code);
    if (key === undefined) return false;
    if (this.run.state.name !== 'running') return true;
    // A guest repeats keys by itself.
    if (down === this.held.has(key)) return true;
    if (down) this.held.add(key);
    else this.held.delete(key);
    this.send([keyEvent(key, down)]);
    return true;
  }

  /** Lets go of every key: whoever leaves the display takes the hands off its keyboard. */
  releaseAll(): void {
    const events = [...this.held].map((key) => keyEvent(key, false));
    this.held.clear();
    if (events.length > 0) this.send(events);
  }

  send(events: InputEvent[]): void {
    this.push(events, false);
  }

  /** The pointer's place; `relative` movements add up instead of replacing each other. */
  move(events: InputEvent[], relative = false): void {
    this.push(events, !relative);
  }

  private push(events: InputEvent[], isMove: boolean): void {
    if (this.run.state.name !== 'running') return;
    const last = this.waiting.at(-1);
    if (isMove && last?.isMove === true) last.events = events;
    else this.waiting.push({ events, isMove });
    this.onSent();
    void this.pump();
  }

  private async pump(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      // Refused when nothing in the machine listens: the pane says which device is missing.
      await this.run.sendInput(next.events);
    }
    this.isSending = false;
  }
}

function keyEvent(key: string, down: boolean): InputEvent {
  return { type: 'key', data: { down, key: { type: 'qcode', data: key } } };
}
