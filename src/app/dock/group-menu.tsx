import type { IDockviewGroupPanel, IHeaderActionsRenderer } from 'dockview-core';
import { render } from 'preact';
import type { Direction, Dock } from './dock.js';
import { dialog } from '../dialog-state.js';

const moves: [Direction, string][] = [
  ['left', 'Split to the left'],
  ['right', 'Split to the right'],
  ['above', 'Split above'],
  ['below', 'Split below'],
];

let menus = 0;

/** The button at the end of a row of tabs: what the mouse does by dragging, for the keyboard. */
export class GroupMenu implements IHeaderActionsRenderer {
  readonly element = document.createElement('div');

  constructor(
    private readonly dock: Dock,
    private readonly group: IDockviewGroupPanel,
  ) {
    this.element.className = 'group-menu';
  }

  init(): void {
    const id = `group-menu-${String(++menus)}`;
    const act = (action: (pane: string) => void): void => {
      const pane = this.dock.activeIn(this.group.id);
      document.getElementById(id)?.hidePopover();
      if (pane !== undefined) action(pane.id);
    };
    render(
      <>
        <button
          type="button"
          class="tool"
          popovertarget={id}
          aria-haspopup="true"
          title="Move or close the pane shown here"
        >
          Arrange
        </button>
        <div
          id={id}
          popover="auto"
          class="menu"
          onToggle={(event) => placeMenu(event, this.element)}
        >
          {moves.map(([direction, text]) => (
            <button
              key={direction}
              type="button"
              onClick={() => act((pane) => this.dock.move(pane, direction))}
            >
              {text}
            </button>
          ))}
          <button type="button" onClick={() => act((pane) => this.dock.moveToNextGroup(pane))}>
            Move to the next group
          </button>
          <button type="button" onClick={() => act((pane) => this.dock.hide(pane))}>
            Close
          </button>
          <button type="button" onClick={() => act(() => (dialog.value = 'panes'))}>
            All panes…
          </button>
        </div>
      </>,
      this.element,
    );
  }

  dispose(): void {
    render(null, this.element);
  }
}

/** Puts an opened menu below its button: popovers stand in the top layer, at no place of their own. */
function placeMenu(
  event: Pick<ToggleEvent, 'currentTarget' | 'newState'>,
  anchor: HTMLElement,
): void {
  const menu = event.currentTarget;
  if (!(menu instanceof HTMLElement) || event.newState !== 'open') return;
  const at = anchor.getBoundingClientRect();
  menu.style.top = `${String(at.bottom)}px`;
  menu.style.left = `${String(Math.max(4, at.right - menu.offsetWidth))}px`;
  menu.querySelector('button')?.focus();
}
