import type {
  DockviewApi,
  GroupPanelPartInitParameters,
  IContentRenderer,
  IDockviewPanel,
  ITabRenderer,
} from 'dockview-core';
import { createDockview } from './dockview.js';
import { effect } from '@preact/signals';
import { h, render } from 'preact';
import { findPane, isAvailable, panes, type Pane } from '../panes.js';
import { GroupMenu } from './group-menu.js';
import { forgetLayout, keepLayout, readLayout, type KeptLayout } from './layout-store.js';
import { nextTask } from '../next-task.js';
import { indexAmong, placeIn, sideWidth, widthClass, type WidthClass } from './placing.js';

/** How long a layout rests before it is kept, in ms: a sash moves for a while. */
const KEEP_AFTER_MS = 400;

export type Direction = 'left' | 'right' | 'above' | 'below';

/**
 * A pane's content: a tree of preact of its own, which reads the page's signals. It is made when
 * the pane is first seen: most visitors look at few of them, and a boot waits for none.
 */
class PaneContent implements IContentRenderer {
  readonly element = document.createElement('div');
  private isMade = false;
  private gone = false;
  private unwatch: (() => void) | undefined;

  constructor(private readonly pane: Pane | undefined) {
    this.element.className = 'dock-content';
    if (pane !== undefined) this.element.dataset.pane = pane.id;
  }

  init({ api }: GroupPanelPartInitParameters): void {
    const make = (): void => {
      if (this.pane === undefined || this.isMade || this.gone || !api.isVisible) return;
      this.isMade = true;
      render(h(this.pane.component, {}), this.element);
    };
    // In a task of its own, not in that which moves panels about. A panel counts as visible until it
    // has been placed.
    const makeLater = (): void => void nextTask().then(make);
    const changes = api.onDidVisibilityChange(makeLater);
    this.unwatch = () => changes.dispose();
    makeLater();
  }

  dispose(): void {
    this.gone = true;
    this.unwatch?.();
    render(null, this.element);
  }
}

/** A tab is its title; a button inside of it would be out of reach of the keyboard. */
class PaneTab implements ITabRenderer {
  readonly element = document.createElement('span');
  private unmark: (() => void) | undefined;

  constructor(private readonly pane: Pane | undefined) {}

  init({ title }: GroupPanelPartInitParameters): void {
    this.element.className = 'dock-tab';
    this.element.textContent = title;
    const mark = this.pane?.mark;
    if (mark === undefined) return;
    const dot = document.createElement('span');
    dot.className = 'dock-tab-mark';
    const words = document.createElement('span');
    words.className = 'visually-hidden';
    this.unmark = effect(() => {
      const why = mark();
      words.textContent = why === undefined ? '' : ` (${why})`;
      if (why === undefined) dot.remove();
      else this.element.append(dot);
      this.element.append(words);
    });
  }

  dispose(): void {
    this.unmark?.();
  }
}

/** The workspace: panes as tabs in groups that can be moved, split and resized. */
export class Dock {
  private readonly api: DockviewApi;
  private readonly width: WidthClass;
  private readonly closed = new Set<string>();
  private readonly disposers: (() => void)[] = [];
  private keeping: ReturnType<typeof setTimeout> | undefined;
  /** While panes are placed by the page and not by the visitor, nothing is kept. */
  private placing = true;
  private gone = false;

  constructor(
    element: HTMLElement,
    private readonly onChange: () => void,
  ) {
    this.width = widthClass(element.clientWidth);
    this.api = createDockview(element, {
      createComponent: ({ id }) => new PaneContent(findPane(id)),
      defaultTabComponent: 'title',
      createTabComponent: ({ id }) => new PaneTab(findPane(id)),
      createRightHeaderActionComponent: (group) => new GroupMenu(this, group),
      disableFloatingGroups: true,
      disableDnd: this.width === 'narrow',
      theme: { name: 'bootlink', className: 'dock-theme' },
    });
    // An alert that never says anything would stand among those of the page.
    document.querySelector('.dv-live-region-assertive')?.remove();
  }

  /** Puts up the layout that was kept, or the page's own. */
  async open(): Promise<void> {
    const kept = await readLayout(this.width);
    if (kept === undefined || !this.restore(kept)) await this.placeAll();
    if (this.gone) return;
    this.disposers.push(
      effect(() => {
        for (const pane of panes) isAvailable(pane);
        // Not in the task that changed it: placing a pane lays out the dock.
        void nextTask().then(() => this.follow());
      }),
    );
    const changes = [
      this.api.onDidLayoutChange(() => this.changed()),
      this.api.onDidActivePanelChange(() => this.onChange()),
      this.api.onDidRemovePanel(({ id }) => {
        if (!this.placing) this.closed.add(id);
      }),
    ];
    this.disposers.push(...changes.map((each) => () => each.dispose()));
    this.placing = false;
    this.onChange();
  }

  dispose(): void {
    this.gone = true;
    clearTimeout(this.keeping);
    for (const dispose of this.disposers) dispose();
    this.api.dispose();
  }

  isShown(id: string): boolean {
    return this.api.getPanel(id) !== undefined;
  }

  /** Whether a pane is seen: open, and not behind another. */
  isInFront(id: string): boolean {
    return this.api.getPanel(id)?.api.isVisible ?? false;
  }

  /** Brings a pane to the front, and back when it was closed. */
  show(id: string, options: { focus?: boolean } = {}): void {
    const pane = findPane(id);
    if (pane === undefined || !isAvailable(pane)) return;
    this.closed.delete(id);
    const panel = this.api.getPanel(id) ?? this.place(pane);
    panel.api.setActive();
    if (options.focus !== false) this.focusPane(id);
  }

  /** Puts a pane beside another one, which comes to the front, where they share a group. */
  part(id: string, from: string): void {
    const group = this.api.getPanel(id)?.group;
    if (group === undefined || this.width === 'narrow') return;
    if (group !== this.api.getPanel(from)?.group) return;
    this.move(id, 'right');
    this.show(from, { focus: false });
  }

  hide(id: string): void {
    const panel = this.api.getPanel(id);
    if (panel !== undefined && this.api.totalPanels > 1) this.api.removePanel(panel);
  }

  /** Gives a pane a group of its own beside the one it is in. */
  move(id: string, direction: Direction): void {
    const panel = this.api.getPanel(id);
    if (panel === undefined) return;
    const at = { left: 'left', right: 'right', above: 'top', below: 'bottom' } as const;
    panel.api.moveTo({ group: panel.group, position: at[direction] });
    this.focusPane(id);
  }

  /** Moves a pane into the next group, as a tab there. */
  moveToNextGroup(id: string): void {
    const panel = this.api.getPanel(id);
    if (panel === undefined || this.api.groups.length < 2) return;
    const at = this.api.groups.findIndex((group) => group.id === panel.group.id);
    const next = this.api.groups[(at + 1) % this.api.groups.length];
    if (next !== undefined) panel.api.moveTo({ group: next, position: 'center' });
    this.focusPane(id);
  }

  get groupCount(): number {
    return this.api.groups.length;
  }

  /** The active pane of a group. */
  activeIn(groupId: string): Pane | undefined {
    const id = this.api.getGroup(groupId)?.activePanel?.id;
    return id === undefined ? undefined : findPane(id);
  }

  /** The page's own layout again. */
  async reset(): Promise<void> {
    this.placing = true;
    this.closed.clear();
    this.api.clear();
    await this.placeAll();
    if (this.gone) return;
    this.placing = false;
    clearTimeout(this.keeping);
    await forgetLayout(this.width);
    this.onChange();
  }

  private focusPane(id: string): void {
    const focus = (): void => {
      const content = document.querySelector<HTMLElement>(`.dock-content[data-pane="${id}"]`);
      const target =
        content?.querySelector<HTMLElement>('[data-pane-focus]') ??
        content?.querySelector<HTMLElement>('textarea, [tabindex="0"], button, a[href], input');
      target?.focus();
    };
    // What a new pane shows is made in a task that may come after the frame.
    requestAnimationFrame(() => void nextTask().then(focus));
  }

  private restore(kept: KeptLayout): boolean {
    try {
      this.api.fromJSON(kept.dock);
    } catch {
      this.api.clear();
      return false;
    }
    for (const id of kept.closed) this.closed.add(id);
    // A pane that this version of the page has not.
    for (const panel of this.api.panels) {
      if (findPane(panel.id) === undefined) this.api.removePanel(panel);
    }
    return this.api.totalPanels > 0;
  }

  /**
   * One pane a task: together they would hold the page up for 50 ms of the processor. The first of
   * a group comes to the front as it is placed, not in the end: by then the visitor may have
   * chosen another.
   */
  private async placeAll(): Promise<void> {
    for (const pane of panes) {
      if (this.gone) return;
      const isWanted = isAvailable(pane) && this.api.getPanel(pane.id) === undefined;
      await nextTask();
      if (!isWanted || this.gone) continue;
      const panel = this.place(pane);
      if (panel.group.panels.length > 1) continue;
      await nextTask();
      if (this.gone) return;
      panel.group.model.openPanel(panel);
      if (this.api.totalPanels === 1) panel.api.setActive();
    }
  }

  /** Adds a pane where it belongs; it does not come to the front by that. */
  private place(pane: Pane): IDockviewPanel {
    const place = placeIn(pane, this.width);
    const standing = this.api.panels.filter((panel) => {
      const other = findPane(panel.id);
      return other !== undefined && placeIn(other, this.width) === place;
    });
    const group = standing[0]?.group;
    const among = (group?.panels ?? []).flatMap(({ id }) => findPane(id) ?? []);
    const isFirst = this.api.totalPanels === 0;
    return this.api.addPanel({
      id: pane.id,
      component: pane.id,
      title: pane.title,
      inactive: !isFirst,
      ...(group !== undefined
        ? { position: { referenceGroup: group, index: indexAmong(pane, among) } }
        : isFirst
          ? {}
          : { position: { direction: 'right' as const } }),
      ...(place === 'side' && group === undefined
        ? { initialWidth: sideWidth(this.api.width) }
        : {}),
    });
  }

  /** Panes come and go as they have something to show: one a task. */
  private async follow(): Promise<void> {
    for (const pane of panes) {
      if (this.gone) return;
      if (this.followOne(pane)) await nextTask();
    }
  }

  /** Whether the pane came or went. */
  private followOne(pane: Pane): boolean {
    const available = isAvailable(pane);
    const panel = this.api.getPanel(pane.id);
    const comes = available && panel === undefined && !this.closed.has(pane.id);
    const goes = !available && panel !== undefined;
    const before = this.placing;
    this.placing = true;
    if (comes) this.place(pane);
    else if (goes) this.api.removePanel(panel);
    this.placing = before;
    return comes || goes;
  }

  private changed(): void {
    this.onChange();
    if (this.placing) return;
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => {
      void keepLayout(this.width, {
        version: 1,
        dock: this.api.toJSON(),
        closed: [...this.closed],
      });
    }, KEEP_AFTER_MS);
  }
}
