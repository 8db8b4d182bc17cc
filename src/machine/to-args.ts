import { fields, flagFields } from './fields';
import { fromSlots } from './image-slots';
import type { Machine } from './schema';

/** How an image's empty slot is written: by name, or as the path of the pasted line. */
export type SlotStyle = 'paths' | 'names';

/**
 * The machine as QEMU's arguments, without the program's name, in canonical order. Images say
 * `image:NAME`, or the path of the pasted line while their slot is empty.
 */
export function toArgs(machine: Machine, slots: SlotStyle = 'paths'): string[] {
  const named = slots === 'paths' ? fromSlots(machine) : machine;
  const args = [...fields, ...flagFields].flatMap((field) => field.write(named)).flat();
  return [...args, ...(machine.extra ?? [])];
}
