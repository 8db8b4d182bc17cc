import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Run } from '../engine/ui/run.js';
import { formatBytes } from './format.js';
import { Elapsed } from './elapsed.js';
import { runVersion } from './session.js';

/** How long QEMU may take to answer before the visitor hears that it is late, in ms. */
const LATE_MS = 30_000;

/** Says so when QEMU was started long ago and has not answered; it may still. */
function Late({ since }: { since: number }) {
  const late = useSignal(false);
  useEffect(() => {
    const left = since + LATE_MS - performance.now();
    const timer = setTimeout(() => (late.value = true), Math.max(0, left));
    return () => clearTimeout(timer);
  }, [since]);
  return (
    // There before it says anything, so that screen readers tell of it.
    <p class="late" role="status">
      {late.value
        ? 'QEMU was started and has not answered yet. On a busy machine that may take a minute; if it takes longer, the start hangs: cancel it, and boot again.'
        : ''}
    </p>
  );
}

/** A boot until QEMU answers: phase, bytes of each file, time, and a way out. */
export function BootProgress({ run }: { run: Run }) {
  void runVersion.value;
  const total = run.files.reduce((sum, file) => sum + file.total, 0);
  const loaded = run.files.reduce((sum, file) => sum + Math.min(file.loaded, file.total), 0);
  const starting = run.state.name === 'starting';
  return (
    <section class="progress-card" aria-label="Boot progress">
      <h2>{starting ? 'Starting QEMU' : 'Fetching'}</h2>
      <p class="figures" role="status">
        <span>
          {formatBytes(loaded)} of {formatBytes(total)}
        </span>
        <Elapsed since={run.entered.fetching} />
        {run.plan !== undefined && <span>{run.plan.totalMiB} MiB of memory</span>}
      </p>
      <progress
        aria-label="All files"
        {...(starting || total === 0 ? {} : { value: loaded, max: total })}
      />
      <ul class="files">
        {run.files.map((file) => (
          <li key={file.name}>
            <span class="file-name">{file.name}</span>
            <span class="quiet">
              {file.cached
                ? `${formatBytes(file.total)}, kept from before`
                : file.loaded >= file.total
                  ? formatBytes(file.total)
                  : `${formatBytes(file.loaded)} of ${formatBytes(file.total)}`}
            </span>
          </li>
        ))}
      </ul>
      {starting && <Late since={run.entered.starting ?? performance.now()} />}
      <button type="button" onClick={() => run.stop()}>
        Cancel
      </button>
    </section>
  );
}
