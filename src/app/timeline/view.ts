/** Which stretch of guest time is shown, in ns. */
export interface View {
  readonly start: number;
  readonly end: number;
}

/** The shortest stretch that can be shown: single instructions of a fast guest. */
export const SHORTEST_NS = 100;

/** Zooms by a factor (below 1: closer) about a point, given as a share of the width. */
export function zoom(view: View, factor: number, about: number, whole: View): View {
  const span = view.end - view.start;
  const next = Math.min(Math.max(span * factor, SHORTEST_NS), fullSpan(whole));
  const fixed = view.start + span * about;
  return clamp({ start: fixed - next * about, end: fixed + next * (1 - about) }, whole);
}

/** Moves by a share of the width. */
export function pan(view: View, share: number, whole: View): View {
  const by = (view.end - view.start) * share;
  return clamp({ start: view.start + by, end: view.end + by }, whole);
}

/** Keeps the stretch, its end at `end`: what following live is. */
export function endAt(view: View, end: number): View {
  return { start: end - (view.end - view.start), end };
}

function fullSpan(whole: View): number {
  return Math.max(whole.end - whole.start, SHORTEST_NS) * 1.05;
}

/** Moves a view that has left the recording back to it. */
export function clamp(view: View, whole: View): View {
  const span = view.end - view.start;
  if (view.end < whole.start) return { start: whole.start - span / 2, end: whole.start + span / 2 };
  if (view.start > whole.end) return { start: whole.end - span / 2, end: whole.end + span / 2 };
  return view;
}

const STEPS = [1, 2, 5];

/** Times for the axis: round ones, at most `count` of them, in order. */
export function ticks(view: View, count: number): number[] {
  const rough = (view.end - view.start) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (STEPS.find((each) => each * power >= rough) ?? 10) * power;
  const times: number[] = [];
  for (let time = Math.ceil(view.start / step) * step; time <= view.end; time += step) {
    times.push(time);
  }
  return times;
}

/** Guest time in the unit that suits the step between two labels. */
export function timeText(ns: number, step: number): string {
  const [unit, size] =
    step >= 1e9 ? ['s', 1e9] : step >= 1e5 ? ['ms', 1e6] : step >= 100 ? ['µs', 1e3] : ['ns', 1];
  const digits = Math.max(0, Math.ceil(-Math.log10(step / size)));
  return `${(ns / size).toFixed(Math.min(digits, 6))} ${unit}`;
}
