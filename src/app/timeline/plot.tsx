import { useEffect, useRef } from 'preact/hooks';
import type { Signal } from '@preact/signals';
import type { Trace } from '../../engine/ui/trace.js';
import { draw, GUTTER, hit, rowsOf, type Scene, type Selection } from './draw.js';
import { fullScreenScale } from '../full-screen.js';
import { readColours } from './colours.js';
import { canvasSurface } from './surface.js';
import { endAt, pan, zoom, type View } from './view.js';

/** What the tools above the plot and the plot itself share. */
export interface TimelineState {
  /** Undefined until there is something to show: then everything is. */
  view: Signal<View | undefined>;
  follow: Signal<boolean>;
  selection: Signal<Selection | undefined>;
  kinds: Signal<number>;
}

/** The whole recording, up to now while it goes on. */
export function wholeOf(trace: Trace): View | undefined {
  const range = trace.stores.range;
  if (range === undefined) return undefined;
  return { start: range.start, end: Math.max(range.end + 1, range.start + 1000) };
}

export function sceneOf(
  trace: Trace,
  state: TimelineState,
  width: number,
  element: Element,
): Scene | undefined {
  const whole = wholeOf(trace);
  if (whole === undefined) return undefined;
  const view = state.view.value ?? whole;
  return {
    stores: trace.stores.cpus,
    phases: trace.phases,
    view: state.follow.value && state.view.value !== undefined ? endAt(view, whole.end) : view,
    now: whole.end,
    width,
    selection: state.selection.value,
    kinds: state.kinds.value,
    colours: readColours(element),
  };
}

/** The event before or after the selected one, on the same vCPU. */
export function neighbour(
  trace: Trace,
  selection: Selection,
  step: 1 | -1,
  kinds: number,
): Selection | undefined {
  const store = trace.stores.cpus.find((each) => each.cpu === selection.cpu);
  if (store === undefined) return undefined;
  for (let i = selection.index + step; i >= store.first && i < store.end; i += step) {
    const kind = store.kind(i);
    if (kind !== 2 && ((kinds >> kind) & 1) !== 0) return { cpu: selection.cpu, index: i };
  }
  return undefined;
}

/** Brings an event into view, at the zoom that there is. */
export function reveal(trace: Trace, state: TimelineState, selection: Selection): void {
  state.selection.value = selection;
  const whole = wholeOf(trace);
  const store = trace.stores.cpus.find((each) => each.cpu === selection.cpu);
  if (whole === undefined || store === undefined) return;
  const view = state.view.value ?? whole;
  const time = store.time(selection.index);
  if (time >= view.start && time <= view.end && !state.follow.value) return;
  state.follow.value = false;
  const half = (view.end - view.start) / 2;
  state.view.value = { start: time - half, end: time + half };
}

interface PlotProps {
  trace: Trace;
  state: TimelineState;
  /** Drawn larger, for what fills the screen. */
  large: boolean;
}

export function Plot({ trace, state, large }: PlotProps) {
  /** Pixels of the page for one of the drawing. */
  const scale = large ? fullScreenScale(innerHeight) : 1;
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);

  useEffect(() => {
    const box = host.current;
    const target = canvas.current;
    const context = target?.getContext('2d', { alpha: false });
    if (!box || !target || !context) return;
    let drawn = '';
    let frame = 0;
    const paint = (): void => {
      frame = requestAnimationFrame(paint);
      const width = Math.floor(box.clientWidth / scale);
      if (width < GUTTER + 20) return;
      const scene = sceneOf(trace, state, width, box);
      if (scene === undefined) return;
      const ratio = devicePixelRatio * scale;
      const { height } = rowsOf(scene.stores, scene.phases);
      const { start, end } = scene.view;
      const picked = scene.selection;
      const key = [trace.version, width, ratio, start, end, scene.kinds, scene.colours.text]
        .concat(picked === undefined ? [] : [picked.cpu, picked.index])
        .join();
      if (key === drawn) return;
      drawn = key;
      const began = performance.now();
      const wide = Math.round(width * ratio);
      const high = Math.round(height * ratio);
      if (target.width !== wide || target.height !== high) {
        target.width = wide;
        target.height = high;
        target.style.width = `${width * scale}px`;
        target.style.height = `${height * scale}px`;
      }
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.fillStyle = getComputedStyle(box).backgroundColor;
      context.fillRect(0, 0, width, height);
      const events = draw(canvasSurface(context), scene);
      target.dataset.events = String(events);
      target.dataset.milliseconds = (performance.now() - began).toFixed(2);
    };
    paint();
    return () => cancelAnimationFrame(frame);
  }, [trace, scale]);

  const change = (next: (view: View, whole: View) => View): void => {
    const whole = wholeOf(trace);
    const box = host.current;
    if (whole === undefined || box === null) return;
    const current = sceneOf(trace, state, box.clientWidth / scale, box)?.view ?? whole;
    state.view.value = next(current, whole);
  };
  const shareAt = (clientX: number): number => {
    const box = host.current?.getBoundingClientRect();
    if (box === undefined) return 0.5;
    const gutter = GUTTER * scale;
    return Math.min(1, Math.max(0, (clientX - box.left - gutter) / (box.width - gutter)));
  };

  useEffect(() => {
    const box = host.current;
    if (box === null) return;
    // Not passive, so that the page does not scroll as well; preact cannot say so.
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      const along = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
      const amount = event.deltaX || event.deltaY;
      if (along) {
        state.follow.value = false;
        change((view, whole) => pan(view, amount / 800, whole));
      } else {
        const about = state.follow.value ? 1 : shareAt(event.clientX);
        change((view, whole) => zoom(view, Math.exp(event.deltaY / 300), about, whole));
      }
    };
    box.addEventListener('wheel', wheel, { passive: false });
    return () => box.removeEventListener('wheel', wheel);
  }, [trace, scale]);

  const drag = useRef<{ x: number; moved: boolean } | undefined>(undefined);
  const keys: Record<string, () => void> = {
    ArrowLeft: () => change((view, whole) => pan(view, -0.1, whole)),
    ArrowRight: () => change((view, whole) => pan(view, 0.1, whole)),
    '+': () => change((view, whole) => zoom(view, 0.5, 0.5, whole)),
    '=': () => change((view, whole) => zoom(view, 0.5, 0.5, whole)),
    '-': () => change((view, whole) => zoom(view, 2, 0.5, whole)),
    Home: () => (state.view.value = undefined),
    End: () => (state.follow.value = true),
    Escape: () => (state.selection.value = undefined),
    n: () => step(1),
    p: () => step(-1),
  };
  const step = (by: 1 | -1): void => {
    const from = state.selection.value ?? firstInView();
    const next = from && neighbour(trace, from, by, state.kinds.value);
    if (next !== undefined) reveal(trace, state, next);
  };
  const firstInView = (): Selection | undefined => {
    const store = trace.stores.cpus[0];
    if (store === undefined) return undefined;
    return { cpu: store.cpu, index: store.atTime(state.view.value?.start ?? 0) - 1 };
  };

  return (
    <div
      class="timeline-plot"
      ref={host}
      tabIndex={0}
      role="application"
      aria-label="Timeline. Arrows move, plus and minus zoom, N and P go from event to event, Home shows all, End follows."
      onKeyDown={(event) => {
        const act = event.ctrlKey || event.altKey || event.metaKey ? undefined : keys[event.key];
        if (act === undefined) return;
        // In full screen, Escape leaves that.
        if (event.key === 'Escape' && large) return;
        if (event.key.startsWith('Arrow')) state.follow.value = false;
        act();
        event.preventDefault();
      }}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        drag.current = { x: event.clientX, moved: false };
        host.current?.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        const from = drag.current;
        const box = host.current;
        if (from === undefined || box === null) return;
        const by = event.clientX - from.x;
        if (!from.moved && Math.abs(by) < 4) return;
        state.follow.value = false;
        drag.current = { x: event.clientX, moved: true };
        change((view, whole) => pan(view, -by / (box.clientWidth - GUTTER * scale), whole));
      }}
      onPointerUp={(event) => {
        const was = drag.current;
        drag.current = undefined;
        const box = host.current;
        if (was === undefined || was.moved || box === null) return;
        const scene = sceneOf(trace, state, box.clientWidth / scale, box);
        const { left, top } = box.getBoundingClientRect();
        const x = (event.clientX - left) / scale;
        const y = (event.clientY - top + box.scrollTop) / scale;
        state.selection.value = scene && hit(scene, x, y);
      }}
      onPointerCancel={() => (drag.current = undefined)}
    >
      <canvas ref={canvas} />
    </div>
  );
}
