import type { Picture } from '../../engine/common/display.js';
import type { Display } from '../../engine/ui/display.js';

/** Between two looks at a picture that changes, in ms: 30 a second. */
const QUICK_MS = 33;
/** Between two looks at one that rests. */
const SLOW_MS = 120;
/** A look may take this part of the time at most, so that the page stays quick. */
const SHARE = 1 / 4;
/** How long a picture counts as changing after its last change or a key, in ms. */
const RESTS_AFTER_MS = 1000;

/** When to look next, from when something last happened and what the last look took; in ms. */
export function nextLook(sinceChangeMs: number, lookMs: number): number {
  const wanted = sinceChangeMs < RESTS_AFTER_MS ? QUICK_MS : SLOW_MS;
  return Math.max(wanted, Math.ceil(lookMs / SHARE));
}

/**
 * Looks at a run's picture while it is in sight, often while it changes and seldom while it rests.
 * Out of sight nobody looks, and the machine's display device does not even look for changes.
 */
export class Looking {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lastChange = performance.now();
  private isInSight = false;
  private readonly observer: IntersectionObserver;
  private readonly onVisibility = (): void => this.settle();

  /** @param onPicture is given each change, and the format of a picture that nobody can read */
  constructor(
    private readonly display: Display,
    element: Element,
    private readonly onPicture: (picture: Picture | string) => void,
  ) {
    this.observer = new IntersectionObserver((entries) => {
      this.isInSight = entries.at(-1)?.isIntersecting ?? false;
      this.settle();
    });
    this.observer.observe(element);
    document.addEventListener('visibilitychange', this.onVisibility);
    display.forget();
  }

  /** The guest was given something: it will soon show what came of it. */
  expect(): void {
    this.lastChange = performance.now();
    if (this.timer !== undefined) this.look();
  }

  stop(): void {
    this.observer.disconnect();
    document.removeEventListener('visibilitychange', this.onVisibility);
    this.pause();
  }

  private settle(): void {
    const isSeen = this.isInSight && document.visibilityState === 'visible';
    if (!isSeen) this.pause();
    else if (this.timer === undefined) this.look();
  }

  private pause(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.display.interval = 0;
  }

  private look(): void {
    clearTimeout(this.timer);
    const start = performance.now();
    const picture = this.display.read();
    if (picture !== undefined) {
      this.lastChange = start;
      this.onPicture(picture);
    }
    const now = performance.now();
    const wait = nextLook(now - this.lastChange, now - start);
    this.display.interval = wait;
    this.timer = setTimeout(() => this.look(), wait);
  }
}
