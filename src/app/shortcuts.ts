import { isLive } from '../engine/common/run-state.js';
import { MONITOR_CHANNEL } from '../engine/common/console.js';
import { dialog } from './dialog-state.js';
import { showPane } from './dock/workspace-state.js';
import { activeConsole, report, run, terminals } from './session.js';

const tools: Record<string, string> = { KeyF: 'find', KeyC: 'copy', KeyL: 'clear', KeyS: 'save' };

/** Parts of the page that F6 goes through. */
const REGIONS =
  '.top-bar, .dock-content, .ended, .tab-row, .pane:not([hidden]), .gallery, .sheet, .dv-tabs-and-actions-container';
const FOCUSABLE =
  'textarea.xterm-helper-textarea, a[href], button:not([disabled]), select, input, [tabindex="0"]';

function focusRegion(step: 1 | -1): void {
  const regions = [...document.querySelectorAll<HTMLElement>(REGIONS)];
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  for (let tried = 1; tried <= regions.length; tried++) {
    const region =
      regions[(Math.max(at, 0) + step * tried + regions.length * tried) % regions.length];
    const target =
      region?.querySelector<HTMLElement>('textarea.xterm-helper-textarea') ??
      region?.querySelector<HTMLElement>(FOCUSABLE);
    if (target) {
      target.focus();
      return;
    }
  }
}

function showConsole(number: number): void {
  const current = run.value;
  if (current === undefined) return;
  const ids = [...current.guest.consoles.map((each) => each.id), MONITOR_CHANNEL];
  const id = ids[number - 1];
  if (id === undefined) return;
  showPane('console', { focus: false });
  activeConsole.value = id;
  requestAnimationFrame(() => terminals.value.get(id)?.focus());
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

function act(event: KeyboardEvent): boolean {
  if (event.key === 'F6') {
    focusRegion(event.shiftKey ? -1 : 1);
    return true;
  }
  if (event.key === '?' && !isTyping(event.target)) {
    dialog.value = 'help';
    return true;
  }
  const digit = /^Digit([1-9])$/.exec(event.code);
  if (event.altKey && !event.ctrlKey && !event.metaKey && digit) {
    showConsole(Number(digit[1]));
    return true;
  }
  if (!event.ctrlKey || !event.shiftKey) return false;
  if (event.code === 'KeyP') {
    dialog.value = dialog.value === 'palette' ? undefined : 'palette';
    return true;
  }
  const current = run.value;
  if (event.code === 'Space' && current !== undefined && isLive(current.state)) {
    void report(current.state.name === 'paused' ? current.resume() : current.pause());
    return true;
  }
  const tool = tools[event.code];
  if (tool === undefined || activeConsole.value === undefined) return false;
  dispatchEvent(new CustomEvent('bootlink-tool', { detail: { id: activeConsole.value, tool } }));
  return true;
}

/** Listens to the page's shortcuts; the terminals let these keys pass. */
export function listenToShortcuts(): void {
  addEventListener('keydown', (event) => {
    if (act(event)) event.preventDefault();
  });
}
