/**
 * What a start passes on its way to the prompt, as marks of the browser's User Timing: they show in
 * the Performance panel of its developer tools, and `scripts/bench/start-up` reads them. Those of
 * the engine stand in its worker's timeline.
 */
export const milestones = [
  'page-evaluated',
  'terminal-made',
  'compile-begun',
  'engine-compiled',
  'qemu-started',
  'snapshot-here',
  'snapshot-restored',
  'prompt',
] as const;

export type Milestone = (typeof milestones)[number];

const PREFIX = 'bootlink:';

/** Marks a milestone. A page in which several machines start has several of each. */
export function passMilestone(milestone: Milestone): void {
  performance.mark(PREFIX + milestone);
}

/** The milestone that a mark's name means; undefined for a mark of something else. */
export function milestoneOf(mark: string): Milestone | undefined {
  return milestones.find((each) => mark === PREFIX + each);
}
