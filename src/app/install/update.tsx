import { isOver } from '../../engine/common/run-state.js';
import { dialog } from '../dialog-state.js';
import { Modal } from '../modal.js';
import { run, runVersion } from '../session.js';
import { takeUpdate, updateReady } from './install.js';

/** Offers a newer build of the page. Nothing happens before the visitor says so. */
export function UpdateOffer() {
  if (updateReady.value === undefined) return null;
  return (
    <button
      type="button"
      class="update-offer"
      title="A newer version of this page is ready"
      onClick={() => (dialog.value = 'update')}
    >
      Update
    </button>
  );
}

export function UpdateDialog() {
  void runVersion.value;
  const runs = run.value !== undefined && !isOver(run.value.state);
  return (
    <Modal title="A newer version is ready">
      <p>
        It has been fetched and takes over when this page is loaded again. What you keep in this
        browser stays.
      </p>
      {runs && (
        <p role="alert" class="refused">
          A machine is running in this tab. It ends with the page, and what is in its memory is
          gone, unless you keep it under Snapshots first.
        </p>
      )}
      <div class="actions">
        <button type="button" onClick={takeUpdate}>
          {runs ? 'End the machine and update' : 'Update now'}
        </button>
        <button type="button" onClick={() => (dialog.value = undefined)}>
          Later
        </button>
      </div>
    </Modal>
  );
}
