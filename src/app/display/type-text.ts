import { usKey } from '../../engine/common/key-codes.js';
import type { Run } from '../../engine/ui/run.js';

/**
 * How long a typed key is held, in ms of guest time: firmware reads USB keyboards by polling, and
 * QEMU's keyboard holds 16 events at most (QUEUE_LENGTH, hw/input/hid.c).
 */
export const HOLD_MS = 30;

/** Characters of a text that a US keyboard has no key for, each once. */
export function untypable(text: string): string[] {
  return [...new Set(text)].filter((character) => usKey(character) === undefined);
}

/** Types text on the guest's keyboard as on a US one; gives up when the run ends or `signal` says so. */
export async function typeText(run: Run, text: string, signal: AbortSignal): Promise<void> {
  for (const character of text) {
    const key = usKey(character);
    if (key === undefined) continue;
    if (signal.aborted || run.state.name !== 'running') return;
    const keys = key.shift ? ['shift', key.key] : [key.key];
    const pressed = await run.pressKeys(keys, HOLD_MS);
    if (!pressed.ok) return;
    // QEMU holds keys that are to come in a list of its own; this keeps that short.
    await new Promise((soon) => setTimeout(soon, HOLD_MS * 2 * keys.length));
  }
}
