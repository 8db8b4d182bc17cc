import { effect, signal } from '@preact/signals';
import { get, set } from 'idb-keyval';

export type Theme = 'system' | 'light' | 'dark';
export type ConsoleLayout = 'auto' | 'tabs' | 'split';

export const machineViews = ['form', 'args', 'json', 'both', 'changes'] as const;
export type MachineViewName = (typeof machineViews)[number];

/** What the visitor has chosen; kept in this browser. */
export const theme = signal<Theme>('system');
export const layout = signal<ConsoleLayout>('auto');
/** Whether console output is announced to screen readers as it comes. */
export const announce = signal(false);
/** How the machine pane shows the machine. */
export const machineView = signal<MachineViewName>('form');
/** Whether a machine's events are recorded from its reset on. */
export const recordEvents = signal(false);
/** How long a machine in slow motion stands at each crossing, in seconds. */
export const crossingPause = signal(1);

const KEY = 'settings';
interface Kept {
  theme: Theme;
  layout: ConsoleLayout;
  announce: boolean;
  machineView: MachineViewName;
  recordEvents: boolean;
  crossingPause: number;
}

/** Reads what was kept, then keeps every change. A browser that keeps nothing has the defaults. */
export async function keepSettings(): Promise<void> {
  try {
    const kept = await get<Partial<Kept>>(KEY);
    theme.value = kept?.theme ?? theme.value;
    layout.value = kept?.layout ?? layout.value;
    announce.value = kept?.announce ?? announce.value;
    machineView.value = kept?.machineView ?? machineView.value;
    recordEvents.value = kept?.recordEvents ?? recordEvents.value;
    crossingPause.value = kept?.crossingPause ?? crossingPause.value;
  } catch {
    return; // Storage is refused: settings last as long as the page.
  }
  let first = true;
  effect(() => {
    const now: Kept = {
      theme: theme.value,
      layout: layout.value,
      announce: announce.value,
      machineView: machineView.value,
      recordEvents: recordEvents.value,
      crossingPause: crossingPause.value,
    };
    if (!first) set(KEY, now).catch(() => undefined);
    first = false;
  });
}

/** Whether the page is dark now: chosen, or as the system is. */
export const dark = signal(false);

/** Applies the theme to the document, and again whenever system or choice change. */
export function applyTheme(root: HTMLElement): void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const systemDark = signal(system.matches);
  system.addEventListener('change', () => (systemDark.value = system.matches));
  effect(() => {
    dark.value = theme.value === 'dark' || (theme.value === 'system' && systemDark.value);
    root.dataset.theme = dark.value ? 'dark' : 'light';
  });
}
