import type { TimedPhase } from '../../engine/ui/trace.js';
import { eventLabel } from '../../inspect/events/describe.js';
import { KIND } from '../../inspect/events/layout.js';
import type { EventStore } from '../../inspect/events/store.js';
import type { SecurityState } from '../../inspect/security.js';
import { bandsOf, programBands } from './bands.js';
import { columns, runsOf, type Columns } from './columns.js';
import { lanesOf, type Lane } from './lanes.js';
import { widthOfText, type Surface } from './surface.js';
import { ticks, timeText, type View } from './view.js';

export const GUTTER = 84;
const AXIS = 20;
const BAND = 18;
const LANE = 32;
/** Top and height of the bar in a lane; above it is room for labels. */
const BAR = 15;
const BAR_HEIGHT = 13;
const MARKS = 14;
const GAP = 8;
/** With more events in view than this, single ones are not drawn but summed up by pixel. */
const SINGLE = 600;

export interface Colours {
  readonly text: string;
  readonly quiet: string;
  readonly border: string;
  readonly sunken: string;
  readonly danger: string;
  readonly focus: string;
  readonly worlds: Readonly<Record<SecurityState, string>>;
}

export interface Selection {
  readonly cpu: number;
  readonly index: number;
}

export interface Scene {
  readonly stores: readonly EventStore[];
  readonly phases: readonly TimedPhase[];
  readonly view: View;
  /** Guest time, ns: nothing is known of what is later. */
  readonly now: number;
  readonly width: number;
  readonly selection: Selection | undefined;
  /** Kinds whose events are drawn: bit n for kind n. */
  readonly kinds: number;
  readonly colours: Colours;
}

/** Where a vCPU's rows are, for drawing and for what the pointer is over. */
export interface CpuRows {
  readonly store: EventStore;
  readonly lanes: readonly Lane[];
  /** Top of its first lane, and of the row with its marks. */
  readonly top: number;
  readonly marks: number;
}

export interface Rows {
  /** Rows of bands: programs as they start, if that is known, then each console's. */
  readonly bands: readonly (typeof PROGRAMS | { readonly console: string })[];
  readonly cpus: readonly CpuRows[];
  readonly height: number;
}

const PROGRAMS = 'programs';

export function rowsOf(stores: readonly EventStore[], phases: readonly TimedPhase[]): Rows {
  const consoles = [...new Set(phases.map((each) => each.console))];
  const bands = [
    ...(stores.some((store) => store.imageStarts.length > 0) ? ([PROGRAMS] as const) : []),
    ...consoles.map((console) => ({ console })),
  ];
  let y = AXIS + bands.length * BAND + GAP;
  const cpus = stores.map((store) => {
    const lanes = lanesOf([store]);
    const rows = { store, lanes, top: y, marks: y + lanes.length * LANE };
    y = rows.marks + MARKS + GAP;
    return rows;
  });
  return { bands, cpus, height: y };
}

/** Kinds that are drawn as marks under the lanes, with their colour. */
const MARKED: readonly [kind: number, colour: 'danger' | 'text' | 'focus' | 'quiet'][] = [
  [KIND.summary, 'quiet'],
  [KIND.wait, 'quiet'],
  [KIND.mmu, 'text'],
  [KIND.granule, 'focus'],
  [KIND.psci, 'text'],
  [KIND.image, 'focus'],
  [KIND.reset, 'text'],
  [KIND.gpf, 'danger'],
  [KIND.dropped, 'danger'],
];

/** Draws everything; gives the number of events in view. */
export function draw(surface: Surface, scene: Scene): number {
  const rows = rowsOf(scene.stores, scene.phases);
  const { view, width, colours } = scene;
  const plot = Math.max(1, width - GUTTER);
  const x = (time: number): number =>
    GUTTER + ((time - view.start) / (view.end - view.start)) * plot;
  drawAxis(surface, scene, x, rows.height);
  drawBands(surface, scene, rows, x);
  let count = 0;
  for (const cpu of rows.cpus) {
    const drawn = columns(cpu.store, view, Math.floor(plot), scene.now);
    count += drawn.end - drawn.first;
    if (scene.stores.length > 1) {
      surface.text(2, cpu.marks + MARKS / 2, `vCPU ${cpu.store.cpu}`, colours.quiet);
    }
    drawLanes(surface, scene, cpu, drawn);
    if (drawn.end - drawn.first <= SINGLE) drawEvents(surface, scene, cpu, drawn, x);
    drawMarks(surface, scene, cpu, drawn);
    drawSelection(surface, scene, cpu, x);
  }
  return count;
}

function drawAxis(
  surface: Surface,
  { view, width, colours }: Scene,
  x: (time: number) => number,
  height: number,
): void {
  const times = ticks(view, Math.max(2, Math.floor((width - GUTTER) / 110)));
  const step = (times[1] ?? view.end) - (times[0] ?? view.start);
  for (const time of times) {
    surface.line(x(time), AXIS - 4, x(time), height, colours.border);
    surface.text(x(time) + 3, AXIS / 2, timeText(time, step), colours.quiet);
  }
}

function drawBands(surface: Surface, scene: Scene, rows: Rows, x: (time: number) => number): void {
  const { view, width, colours } = scene;
  rows.bands.forEach((of, row) => {
    const y = AXIS + row * BAND;
    const name = of === PROGRAMS ? of : of.console;
    surface.text(2, y + BAND / 2, name, colours.quiet, GUTTER - 8);
    const bands =
      of === PROGRAMS
        ? programBands(scene.stores, scene.now)
        : bandsOf(scene.phases, of.console, scene.now);
    for (const band of bands) {
      if (band.end < view.start || band.start > view.end) continue;
      const from = Math.max(GUTTER, x(band.start));
      const to = Math.min(width, x(band.end));
      surface.rect(from, y + 2, Math.max(1, to - from - 1), BAND - 4, colours.sunken);
      surface.line(from, y + 2, from, y + BAND - 2, colours.quiet);
      surface.text(from + 4, y + BAND / 2, band.label, colours.text, to - from - 6);
    }
  });
}

function drawLanes(surface: Surface, scene: Scene, cpu: CpuRows, drawn: Columns): void {
  const { colours, width } = scene;
  cpu.lanes.forEach((lane, row) => {
    const y = cpu.top + row * LANE;
    surface.text(2, y + BAR + BAR_HEIGHT / 2, lane.label, colours.worlds[lane.state], GUTTER - 6);
    surface.line(GUTTER, y + LANE - 0.5, width, y + LANE - 0.5, colours.border);
    for (const [from, to] of runsOf(drawn.places, lane.place)) {
      surface.rect(GUTTER + from, y + BAR, to - from, BAR_HEIGHT, colours.worlds[lane.state], 0.75);
    }
  });
}

function drawMarks(surface: Surface, scene: Scene, cpu: CpuRows, drawn: Columns): void {
  for (const [kind, colour] of MARKED) {
    if (((scene.kinds >> kind) & 1) === 0) continue;
    for (const [from, to] of runsOf(drawn.kinds, kind)) {
      const wide = Math.max(2, to - from);
      surface.rect(GUTTER + from, cpu.marks + 3, wide, MARKS - 6, scene.colours[colour]);
    }
  }
}

/** Middle of the lane of a place byte; undefined when it has none. */
export function laneMiddle(cpu: CpuRows, place: number): number | undefined {
  const row = (place & 0x80) === 0 ? -1 : cpu.lanes.findIndex((l) => l.place === (place & 15));
  return row < 0 ? undefined : cpu.top + row * LANE + BAR + BAR_HEIGHT / 2;
}

function drawEvents(
  surface: Surface,
  scene: Scene,
  cpu: CpuRows,
  drawn: Columns,
  x: (time: number) => number,
): void {
  const { colours, kinds } = scene;
  const { store } = cpu;
  let labelled = GUTTER;
  for (let index = drawn.first; index < drawn.end; index++) {
    const kind = store.kind(index);
    if (kind === KIND.arguments || ((kinds >> kind) & 1) === 0) continue;
    const at = x(store.time(index));
    const from = laneMiddle(cpu, store.from(index));
    const to = laneMiddle(cpu, store.to(index));
    const colour = kind === KIND.gpf ? colours.danger : colours.text;
    if (from !== undefined && to !== undefined && kind !== KIND.worldSwitch) {
      surface.line(at, from, at, to, colour);
      surface.dot(at, to, 2, colour);
    }
    if (at < labelled || kind === KIND.return) continue;
    const event = store.event(index);
    if (event === undefined) continue;
    const label = eventLabel(event);
    // Above the bar of where it led, or came from.
    const bar = to ?? from ?? cpu.marks + BAR;
    surface.text(at + 4, bar - BAR_HEIGHT, label, colours.text, 220);
    labelled = at + Math.min(widthOfText(label), 220) + 14;
  }
}

function drawSelection(
  surface: Surface,
  scene: Scene,
  cpu: CpuRows,
  x: (time: number) => number,
): void {
  if (scene.selection?.cpu !== cpu.store.cpu) return;
  const at = x(cpu.store.time(scene.selection.index));
  if (!(at >= GUTTER && at <= scene.width)) return;
  surface.line(at, cpu.top, at, cpu.marks + MARKS, scene.colours.focus, 2);
}

/**
 * The event nearest to a point: within a few pixels on the vCPU whose rows the point is in.
 */
export function hit(scene: Scene, px: number, py: number): Selection | undefined {
  const rows = rowsOf(scene.stores, scene.phases);
  const cpu = rows.cpus.find((each) => py >= each.top - GAP && py < each.marks + MARKS);
  if (cpu === undefined || px < GUTTER) return undefined;
  const { view } = scene;
  const perPixel = (view.end - view.start) / Math.max(1, scene.width - GUTTER);
  const time = view.start + (px - GUTTER) * perPixel;
  let best: number | undefined;
  let distance = 8 * perPixel;
  const from = cpu.store.atTime(time - distance);
  // In a crowd the first near one does: nobody can point at one of thousands.
  for (let index = from; index < Math.min(cpu.store.end, from + 5000); index++) {
    const off = Math.abs(cpu.store.time(index) - time);
    if (cpu.store.time(index) > time + distance) break;
    const kind = cpu.store.kind(index);
    if (off < distance && kind !== KIND.arguments && ((scene.kinds >> kind) & 1) !== 0) {
      best = index;
      distance = off;
    }
  }
  return best === undefined ? undefined : { cpu: cpu.store.cpu, index: best };
}
