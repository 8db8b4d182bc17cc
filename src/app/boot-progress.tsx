import type { Run } from '../engine/ui/run.js';
import { formatBytes } from './format.js';
import { Elapsed } from './elapsed.js';
import { runVersion } from './session.js';

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
      <button type="button" onClick={() => run.stop()}>
        Cancel
      </button>
    </section>
  );
}
