import type { InputEvent, PointerButton } from '../../engine/ui/display.js';

/** QEMU's range of an absolute pointer (INPUT_EVENT_ABS_MAX, include/ui/input.h). */
const LARGEST = 0x7fff;

/** What `getBoundingClientRect` gives. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * Where on the picture a point of the window lies, for a picture that is fitted into a box with its
 * proportions kept; a point beside the picture counts as on its edge.
 *
 * @returns x and y from 0 to 0x7fff
 */
export function pictureAt(
  box: Box,
  picture: { width: number; height: number },
  point: { x: number; y: number },
): { x: number; y: number } {
  const scale = Math.min(box.width / picture.width, box.height / picture.height);
  const along = (at: number, start: number, room: number, size: number): number => {
    const shown = size * scale;
    if (shown === 0) return 0;
    const part = (at - start - (room - shown) / 2) / shown;
    return Math.round(Math.min(1, Math.max(0, part)) * LARGEST);
  };
  return {
    x: along(point.x, box.left, box.width, picture.width),
    y: along(point.y, box.top, box.height, picture.height),
  };
}

/**
 * How many times a picture is enlarged in so much room: whole times, so that every pixel is the same
 * size; undefined where it has to be made smaller.
 */
export function enlargement(
  room: { width: number; height: number },
  picture: { width: number; height: number },
): number | undefined {
  const times = Math.floor(Math.min(room.width / picture.width, room.height / picture.height));
  return times >= 1 ? times : undefined;
}

export function moveTo({ x, y }: { x: number; y: number }): InputEvent[] {
  return [
    { type: 'abs', data: { axis: 'x', value: x } },
    { type: 'abs', data: { axis: 'y', value: y } },
  ];
}

export function moveBy({ x, y }: { x: number; y: number }): InputEvent[] {
  return [
    { type: 'rel', data: { axis: 'x', value: Math.round(x) } },
    { type: 'rel', data: { axis: 'y', value: Math.round(y) } },
  ];
}

/** `MouseEvent.button` as QEMU names it; undefined for one that it has not. */
export function buttonOf(button: number): PointerButton | undefined {
  return (['left', 'middle', 'right', 'side', 'extra'] as const)[button];
}

export function press(button: PointerButton, down: boolean): InputEvent {
  return { type: 'btn', data: { down, button } };
}
