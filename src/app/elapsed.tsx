import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { formatDuration } from './format.js';
import { onTheBeat } from './next-task.js';
import { takeTurn } from './turns.js';

const COUNT_MS = 200;

/** Time since a moment of `performance.now()`, counting. */
export function Elapsed({ since }: { since: number | undefined }) {
  const now = useSignal(performance.now());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const tick = (): void => {
      takeTurn(() => void (now.value = performance.now()));
      timer = setTimeout(tick, onTheBeat(COUNT_MS));
    };
    tick();
    return () => clearTimeout(timer);
  }, []);
  return (
    <span class="elapsed">{since === undefined ? '' : formatDuration(now.value - since)}</span>
  );
}
