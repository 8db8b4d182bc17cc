import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { formatDuration } from './format.js';

/** Time since a moment of `performance.now()`, counting. */
export function Elapsed({ since }: { since: number | undefined }) {
  const now = useSignal(performance.now());
  useEffect(() => {
    const timer = setInterval(() => (now.value = performance.now()), 200);
    return () => clearInterval(timer);
  }, []);
  return (
    <span class="elapsed">{since === undefined ? '' : formatDuration(now.value - since)}</span>
  );
}
