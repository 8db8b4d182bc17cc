import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Picture } from '../../engine/common/display.js';
import { isLive, isOver } from '../../engine/common/run-state.js';
import type { Run } from '../../engine/ui/run.js';
import { screenOf, withInput, type Screen } from '../../machine/screen.js';
import { bootMachine } from '../machine/boot-machine.js';
import { edit, machine } from '../machine/model.js';
import { runVersion } from '../session.js';
import { isPageShortcut } from '../page-shortcut.js';
import { GuestInput } from './guest-input.js';
import { Looking } from './looking.js';
import { buttonOf, enlargement, moveBy, moveTo, pictureAt, press } from './pointer.js';
import { TypeBar } from './type-bar.js';
import './display.css';

/** What a picture is to its reader. */
type Shown =
  | { kind: 'none' }
  | { kind: 'placeholder' }
  | { kind: 'picture'; width: number; height: number }
  | { kind: 'unreadable'; format: string };

/** The machine's display: its picture, and the visitor's keys and pointer on their way to it. */
export function DisplayView({ run }: { run: Run }) {
  void runVersion.value;
  const screen = screenOf(run.guest.args);
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const shown = useSignal<Shown>({ kind: 'none' });
  const typing = useSignal(false);
  const input = useRef<GuestInput | undefined>(undefined);

  useEffect(() => {
    const element = canvas.current;
    if (element === null || frame.current === null) return;
    const looking = new Looking(run.display, frame.current, (picture) => {
      shown.value = describe(picture, shown.value);
      if (typeof picture !== 'string' && !picture.placeholder) draw(element, picture);
    });
    const given = new GuestInput(run, () => looking.expect());
    input.current = given;
    const stopPointer = listenToPointer(element, given, screen);
    return () => {
      given.releaseAll();
      stopPointer();
      looking.stop();
    };
  }, [run]);

  // A firmware's picture is small on a large screen.
  const size = shown.value.kind === 'picture' ? shown.value : undefined;
  useEffect(() => {
    const [element, room] = [canvas.current, frame.current];
    if (element === null || room === null || size === undefined) return;
    const observer = new ResizeObserver(([entry]) => {
      const times = entry === undefined ? undefined : enlargement(entry.contentRect, size);
      element.style.width = times === undefined ? '' : `${String(size.width * times)}px`;
      element.classList.toggle('enlarged', times !== undefined && times > 1);
    });
    observer.observe(room);
    return () => observer.disconnect();
  }, [size?.width, size?.height]);

  const tools: Record<string, () => void> = {
    screenshot: () => saveScreenshot(canvas.current, run.guest.id),
    fullScreen: () => void fillScreen(frame.current),
    type: () => (typing.value = !typing.value),
    restart: () => void run.pressKeys(['ctrl', 'alt', 'delete'], 100),
  };
  // The page's commands reach the pane as an event, so that they need not know it.
  useEffect(() => {
    const use = (event: Event): void => tools[(event as CustomEvent<string>).detail]?.();
    addEventListener('bootlink-display', use);
    return () => removeEventListener('bootlink-display', use);
  });

  const live = isLive(run.state);
  const hasPicture = shown.value.kind === 'picture';
  const onKey = (event: KeyboardEvent): void => {
    if (isPageShortcut(event)) return;
    // The browser's own keys (Tab, Backspace, F5, '?') are the guest's here.
    if (input.current?.key(event.code, event.type === 'keydown') !== true) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="display-pane">
      <div class="pane-head">
        <span class="display-mode" role="status">
          {words(shown.value, run)}
        </span>
        <div class="tools" role="toolbar" aria-label="Tools of the display">
          <button
            type="button"
            aria-pressed={typing.value}
            disabled={!live || !screen.keyboard}
            onClick={tools.type}
          >
            Type text
          </button>
          <button
            type="button"
            disabled={!live || !screen.keyboard}
            title="Presses Ctrl, Alt and Delete together"
            onClick={tools.restart}
          >
            Ctrl+Alt+Del
          </button>
          <button type="button" disabled={!hasPicture} onClick={tools.screenshot}>
            Screenshot
          </button>
          <button type="button" disabled={!hasPicture} onClick={tools.fullScreen}>
            Full screen
          </button>
        </div>
      </div>
      {typing.value && <TypeBar run={run} onClose={() => (typing.value = false)} />}
      <div class="display-frame" ref={frame}>
        <canvas
          ref={canvas}
          width={640}
          height={480}
          hidden={!hasPicture}
          tabIndex={0}
          data-pane-focus
          role="application"
          aria-label={`Display of ${run.guest.title}: keys and pointer go to the guest. F6 leaves.`}
          onKeyDown={onKey}
          onKeyUp={onKey}
          onBlur={() => input.current?.releaseAll()}
        />
        {!hasPicture && <p class="pane-empty">{explanation(shown.value, run)}</p>}
      </div>
      <Missing screen={screen} run={run} />
    </div>
  );
}

function describe(picture: Picture | string, before: Shown): Shown {
  if (typeof picture === 'string') return { kind: 'unreadable', format: picture };
  if (picture.placeholder) return { kind: 'placeholder' };
  const { width, height } = picture;
  const isSame = before.kind === 'picture' && before.width === width && before.height === height;
  return isSame ? before : { kind: 'picture', width, height };
}

function words(shown: Shown, { state }: Run): string {
  if (shown.kind !== 'picture') return '';
  const size = `${String(shown.width)} × ${String(shown.height)}`;
  if (isOver(state)) return `${size}, the last picture`;
  return state.name === 'paused' ? `${size}, paused: keys do not reach the guest` : size;
}

function explanation(shown: Shown, { display, state }: Run): string {
  if (!display.available) {
    return 'This build of the engine shows no pictures. Run set-up again (npm start).';
  }
  if (shown.kind === 'unreadable') {
    return `The guest draws in a format that Bootlink does not know (${shown.format}).`;
  }
  if (isOver(state)) return 'The machine ended without having drawn anything.';
  if (!isLive(state)) return 'The machine is starting.';
  return 'The guest has drawn nothing yet. Firmware or a kernel needs a driver for the display.';
}

function draw(canvas: HTMLCanvasElement, picture: Picture): void {
  const { width, height, top, rows, pixels } = picture;
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext('2d', { alpha: false });
  context?.putImageData(new ImageData(pixels, width, height), 0, 0, 0, top, width, rows);
}

/** Offers the picture as a PNG file. */
function saveScreenshot(canvas: HTMLCanvasElement | null, name: string): void {
  canvas?.toBlob((png) => {
    if (png === null) return;
    const url = URL.createObjectURL(png);
    const link = document.createElement('a');
    link.href = url;
    link.download = `${name}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.png`;
    link.click();
    URL.revokeObjectURL(url);
  }, 'image/png');
}

/** Chromium gives a page in full screen Escape and the like when it asks; others do not. */
interface KeyboardLock {
  lock?(keys: string[]): Promise<void>;
}

async function fillScreen(frame: HTMLElement | null): Promise<void> {
  if (frame === null) return;
  await frame.requestFullscreen();
  frame.querySelector('canvas')?.focus();
  const { keyboard } = navigator as { keyboard?: KeyboardLock };
  // Firmware's menus are left by Escape; held down it still leaves full screen.
  await keyboard?.lock?.(['Escape', 'F11']).catch(() => undefined);
}

function listenToPointer(canvas: HTMLCanvasElement, input: GuestInput, screen: Screen): () => void {
  if (screen.pointer === 'none') return () => undefined;
  const stop = new AbortController();
  const { signal } = stop;
  const move = (event: PointerEvent | MouseEvent): void => {
    if (screen.pointer === 'relative') {
      if (event.movementX === 0 && event.movementY === 0) return;
      input.move(moveBy({ x: event.movementX, y: event.movementY }), true);
      return;
    }
    const place = pictureAt(canvas.getBoundingClientRect(), canvas, {
      x: event.clientX,
      y: event.clientY,
    });
    input.move(moveTo(place));
  };
  const button = (event: PointerEvent): void => {
    const name = buttonOf(event.button);
    if (name === undefined) return;
    const isDown = event.type === 'pointerdown';
    if (isDown) {
      canvas.focus();
      canvas.setPointerCapture(event.pointerId);
    }
    move(event);
    input.send([press(name, isDown)]);
    event.preventDefault();
  };
  const wheel = (event: WheelEvent): void => {
    if (event.deltaY === 0) return;
    const name = event.deltaY < 0 ? 'wheel-up' : 'wheel-down';
    input.send([press(name, true), press(name, false)]);
    event.preventDefault();
  };
  canvas.addEventListener('pointermove', move, { signal });
  canvas.addEventListener('pointerdown', button, { signal });
  canvas.addEventListener('pointerup', button, { signal });
  canvas.addEventListener('wheel', wheel, { signal, passive: false });
  // The right button is the guest's.
  canvas.addEventListener('contextmenu', (event) => event.preventDefault(), { signal });
  return () => stop.abort();
}

/** What the machine lacks to be used by its display, and how to add it. */
function Missing({ screen, run }: { screen: Screen; run: Run }) {
  const lacks = [
    ...(screen.keyboard ? [] : ['keyboard']),
    ...(screen.pointer === 'none' ? ['tablet'] : []),
  ];
  if (lacks.length === 0) return null;
  const what = lacks.join(' and ');
  const planned = machine.value === undefined ? undefined : withInput(machine.value);
  const isAdded =
    machine.value !== undefined && planned?.devices?.length === machine.value.devices?.length;
  return (
    <div class="display-missing" role="note">
      <span>
        {isAdded
          ? `The machine has a ${what} from its next boot on.`
          : `This machine has no ${what} for its display.`}
      </span>
      {isAdded
        ? isLive(run.state) && (
            <button type="button" onClick={() => void bootMachine()}>
              Boot again
            </button>
          )
        : planned !== undefined && (
            <button type="button" onClick={() => edit(planned, 'form')}>
              Add USB {what}
            </button>
          )}
    </div>
  );
}
