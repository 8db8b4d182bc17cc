import { dialog } from '../dialog-state.js';
import { isAvailable, panes } from '../panes.js';
import { dock, dockVersion } from './workspace-state.js';

/** All panes: which are open, and the page's own layout again. */
export function PanesList() {
  void dockVersion.value;
  const current = dock.value;
  if (current === undefined) return <p>Open a machine first: panes belong to one.</p>;
  return (
    <>
      <ul class="pane-list">
        {panes.filter(isAvailable).map((pane) => (
          <li key={pane.id}>
            <label>
              <input
                type="checkbox"
                checked={current.isShown(pane.id)}
                onChange={(event) =>
                  event.currentTarget.checked
                    ? current.show(pane.id, { focus: false })
                    : current.hide(pane.id)
                }
              />{' '}
              {pane.title}
            </label>
            <button
              type="button"
              onClick={() => {
                dialog.value = undefined;
                current.show(pane.id);
              }}
            >
              Go to
            </button>
          </li>
        ))}
      </ul>
      <p class="quiet">
        Drag a tab to move its pane, or use “Arrange” at the end of its row. The layout is kept in
        this browser.
      </p>
      <div class="actions">
        <button type="button" onClick={() => void current.reset()}>
          Reset the layout
        </button>
      </div>
    </>
  );
}
