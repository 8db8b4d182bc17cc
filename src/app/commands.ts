import { isLive, isOver } from '../engine/common/run-state.js';
import { MONITOR_CHANNEL } from '../engine/common/console.js';
import { dialog } from './dialog-state.js';
import { dock, showPane } from './dock/workspace-state.js';
import { bootMachine, plannedGuest } from './machine/boot-machine.js';
import { canRedo, canUndo, changes, machine, opened, redo, reset, undo } from './machine/model.js';
import { showLessonList } from './lessons/state.js';
import { isAvailable, panes } from './panes.js';
import {
  activeConsole,
  catalogue,
  navigate,
  report,
  run,
  shownRun,
  terminals,
  consoleTitle,
} from './session.js';
import { machineView, theme } from './settings.js';

/** Something that the page does, by name: what the palette lists. */
export interface Command {
  title: string;
  /** Shown beside it; the keys themselves are heard in shortcuts.ts. */
  keys?: string;
  run(): void;
}

/** A tool of the console that typing goes to, as console-pane.tsx knows it. */
function tool(name: string): () => void {
  return () =>
    dispatchEvent(
      new CustomEvent('bootlink-tool', { detail: { id: activeConsole.value, tool: name } }),
    );
}

function machineCommands(): Command[] {
  const commands: Command[] = [];
  const current = shownRun.value;
  if (machine.value !== undefined) {
    if (plannedGuest.value?.ok === true && opened.value?.trusted === true) {
      commands.push({ title: 'Boot this machine', run: () => void bootMachine() });
    }
    commands.push({ title: 'Share this machine', run: () => (dialog.value = 'share') });
    if (canUndo.value) commands.push({ title: 'Undo the last change of the machine', run: undo });
    if (canRedo.value) commands.push({ title: 'Redo the change of the machine', run: redo });
    if (changes.value.length > 0) commands.push({ title: 'Reset the machine', run: reset });
    for (const [view, title] of [
      ['form', 'Edit the machine in a form'],
      ['args', 'Edit the machine as a command line'],
      ['json', 'Edit the machine as JSON'],
      ['changes', 'Show the changes of the machine'],
    ] as const) {
      commands.push({
        title,
        run: () => {
          machineView.value = view;
          showPane('machine');
        },
      });
    }
  }
  if (current !== undefined && !isOver(current.state)) {
    if (isLive(current.state)) {
      const paused = current.state.name === 'paused';
      commands.push(
        {
          title: paused ? 'Resume' : 'Pause',
          keys: 'Ctrl+Shift+Space',
          run: () => void report(paused ? current.resume() : current.pause()),
        },
        { title: 'Reset the running machine', run: () => void report(current.reset()) },
        { title: 'Press the power button', run: () => void report(current.powerOff()) },
      );
    }
    commands.push({ title: 'Stop: end QEMU', run: () => current.stop() });
  }
  return commands;
}

function consoleCommands(): Command[] {
  const current = shownRun.value;
  if (current === undefined) return [];
  const ids = [...current.guest.consoles.map(({ id }) => id), MONITOR_CHANNEL];
  return [
    ...ids.map((id, index) => ({
      title: `Go to the console ${consoleTitle(current, id)}`,
      ...(index < 9 ? { keys: `Alt+${String(index + 1)}` } : {}),
      run: () => {
        showPane('console', { focus: false });
        activeConsole.value = id;
        requestAnimationFrame(() => terminals.value.get(id)?.focus());
      },
    })),
    { title: 'Find in the console', keys: 'Ctrl+Shift+F', run: tool('find') },
    { title: 'Copy the console', keys: 'Ctrl+Shift+C', run: tool('copy') },
    { title: 'Clear the console’s screen', keys: 'Ctrl+Shift+L', run: tool('clear') },
    { title: 'Save what the console printed', keys: 'Ctrl+Shift+S', run: tool('save') },
    { title: 'Save what the console printed, with times', run: tool('saveTimed') },
  ];
}

function displayCommands(): Command[] {
  const pane = panes.find(({ id }) => id === 'display');
  if (shownRun.value === undefined || pane === undefined || !isAvailable(pane)) return [];
  const tool = (name: string) => () => {
    showPane('display');
    requestAnimationFrame(() =>
      dispatchEvent(new CustomEvent('bootlink-display', { detail: name })),
    );
  };
  return [
    { title: 'Save a screenshot of the display', run: tool('screenshot') },
    { title: 'Fill the screen with the display', run: tool('fullScreen') },
    { title: 'Type text into the display', run: tool('type') },
    { title: 'Press Ctrl+Alt+Del at the display', run: tool('restart') },
  ];
}

function paneCommands(): Command[] {
  const current = dock.value;
  if (current === undefined) return [];
  return [
    ...panes.filter(isAvailable).map((pane) => ({
      title: `Show the pane ${pane.title}`,
      run: () => showPane(pane.id),
    })),
    { title: 'All panes…', run: () => (dialog.value = 'panes') },
    { title: 'Reset the layout of the panes', run: () => void current.reset() },
  ];
}

function pageCommands(): Command[] {
  const guests = catalogue.value?.ok === true ? catalogue.value.value.guests : [];
  return [
    { title: 'All guests', run: () => navigate({ guest: undefined, boot: true }) },
    ...guests.flatMap((entry) =>
      entry.state === 'ready'
        ? [
            {
              title: `Open the guest ${entry.guest.title}`,
              run: () => navigate({ guest: entry.guest.id, boot: false }),
            },
          ]
        : [],
    ),
    { title: 'Lessons', run: showLessonList },
    { title: 'Theme: light', run: () => (theme.value = 'light') },
    { title: 'Theme: dark', run: () => (theme.value = 'dark') },
    { title: 'Theme: as the system', run: () => (theme.value = 'system') },
    { title: 'Help and keyboard', keys: '?', run: () => (dialog.value = 'help') },
    { title: 'Settings', run: () => (dialog.value = 'settings') },
    { title: 'About Bootlink', run: () => (dialog.value = 'about') },
  ];
}

/** All that can be done now. */
export function commands(): Command[] {
  void run.value;
  return [
    ...machineCommands(),
    ...consoleCommands(),
    ...displayCommands(),
    ...paneCommands(),
    ...pageCommands(),
  ];
}
