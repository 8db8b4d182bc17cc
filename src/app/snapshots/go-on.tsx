import { useEffect } from 'preact/hooks';
import { isOver } from '../../engine/common/run-state.js';
import { run, runVersion } from '../session.js';
import { kept, open, refresh } from './state.js';

/** Offers to go on where the visitor was: the newest snapshot that this browser keeps. */
export function GoOnNotice() {
  void runVersion.value;
  useEffect(() => void refresh(), []);
  const newest = kept.value?.[0];
  const current = run.value;
  if (newest === undefined || (current !== undefined && !isOver(current.state))) return null;
  return (
    <p class="notice">
      <span>
        Go on where you were: <strong>{newest.name}</strong>, kept{' '}
        {new Date(newest.created).toLocaleString()}.
      </span>
      <button type="button" onClick={() => void open(newest)}>
        Go on
      </button>
    </p>
  );
}
