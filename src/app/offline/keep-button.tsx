import type { Guest } from '../../machine/guest.js';
import { formatBytes } from '../format.js';
import { canKeep } from '../install/install.js';
import { dropGuest, isKept, keepFailures, keepGuest, keeping } from './kept-guests.js';
import './offline.css';

/** Keeps a guest for use without a network, shows that it is kept, and drops it again. */
export function KeepOffline({ guest }: { guest: Guest }) {
  if (!canKeep.value) return null;
  const { id, title } = guest;
  const failure = keepFailures.value.get(id);
  return (
    <div class="keep-offline">
      <State guest={guest} />
      {failure !== undefined && (
        <p class="refused" role="alert">
          {title} is not kept: {failure.what} {failure.remedy}
        </p>
      )}
    </div>
  );
}

function State({ guest }: { guest: Guest }) {
  const { id, title } = guest;
  const current = keeping.value.get(id);
  if (current !== undefined) {
    const { step, loaded, total, cancel } = current;
    return (
      <>
        <span role="status">
          {step === 'engine'
            ? 'Keeping the engine…'
            : `${formatBytes(loaded)} of ${formatBytes(total)}`}
        </span>
        <progress
          aria-label={`Keeping ${title}`}
          {...(step === 'engine' ? {} : { value: loaded, max: total })}
        />
        <button type="button" aria-label={`Cancel keeping ${title}`} onClick={cancel}>
          Cancel
        </button>
      </>
    );
  }
  if (isKept(guest)) {
    return (
      <>
        <span class="kept">Kept for offline use</span>
        <button
          type="button"
          aria-label={`Drop it: ${title}`}
          onClick={() => void dropGuest(guest)}
        >
          Drop it
        </button>
      </>
    );
  }
  return (
    <button
      type="button"
      aria-label={`Keep for offline use: ${title}`}
      onClick={() => void keepGuest(guest)}
    >
      Keep for offline use
    </button>
  );
}
