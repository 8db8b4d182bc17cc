import type { TimedPhase } from '../../engine/ui/trace.js';
import type { EventStore } from '../../inspect/events/store.js';

/** A program's time on a console, from its first line to the next program's. */
export interface Band {
  readonly label: string;
  readonly start: number;
  readonly end: number;
}

/** What each program's first instruction began, in order: exact, unlike what consoles say. */
export function programBands(stores: readonly EventStore[], now: number): Band[] {
  const starts = stores
    .flatMap((store) =>
      store.imageStarts.map((index) => ({ start: store.time(index), event: store.event(index) })),
    )
    .filter(({ start }) => !Number.isNaN(start))
    .sort((a, b) => a.start - b.start);
  return starts.map(({ start, event }, n) => ({
    label: event?.kind === 'image' ? (event.name ?? `image ${event.image.toString()}`) : '',
    start,
    end: starts[n + 1]?.start ?? Math.max(now, start),
  }));
}

/** The bands of one console, in order. The last one lasts until `now`. */
export function bandsOf(phases: readonly TimedPhase[], console: string, now: number): Band[] {
  const bands: { label: string; start: number; end: number }[] = [];
  let component: string | undefined;
  for (const { time, phase } of phases.filter((each) => each.console === console)) {
    const last = bands.at(-1);
    if (phase.component === component && phase.mark !== 'start') continue;
    if (last !== undefined && last.end > time) last.end = time;
    if (phase.mark === 'end') {
      component = undefined;
      continue;
    }
    component = phase.component;
    bands.push({ label: phase.component, start: time, end: Math.max(now, time) });
  }
  return bands;
}
