import type { Lesson } from '../../lessons/lesson.js';
import { FailureView } from '../failure-view.js';
import { formatBytes } from '../format.js';
import { keeping, keepMachines, stopKeeping } from './keep-machines.js';

/** Whether the lesson works without a network, and how far that has come. */
export function KeepView({ lesson }: { lesson: Lesson }) {
  const now = keeping.value;
  if (now?.lesson !== lesson.id) return null;
  const again = (label: string) => (
    <button type="button" onClick={() => void keepMachines(lesson)}>
      {label}
    </button>
  );
  return (
    <div class="keep-machines" data-state={now.state}>
      {now.state === 'keeping' && (
        <p class="actions">
          <label>
            Keeping its machines for use without a network{' '}
            <progress value={now.loaded} max={Math.max(1, now.total)} />
          </label>
          <span class="quiet">
            {formatBytes(now.loaded)} of {formatBytes(now.total)}
          </span>
          <button type="button" onClick={stopKeeping}>
            Stop
          </button>
        </p>
      )}
      {now.state === 'kept' && (
        <p class="quiet" role="status">
          {now.unbuilt.length === 0
            ? 'This lesson works without a network.'
            : `Without a network this lesson works up to ${now.unbuilt.join(', ')}, not built yet.`}
        </p>
      )}
      {now.state === 'stopped' && again('Keep its machines for use without a network')}
      {now.state === 'failed' && now.failure !== undefined && (
        <FailureView failure={now.failure}>{again('Try again')}</FailureView>
      )}
    </div>
  );
}
