import { fetchEarly } from './early.js';
import { nextTask } from './next-task.js';
import './styles/base.css';
import './styles/gallery.css';
import './styles/machine.css';
import './styles/dock.css';
import './styles/editor.css';
// All that a boot shows, so that no style sheet comes later: each has the whole page styled anew.
import '@xterm/xterm/css/xterm.css';
import 'virtual:dockview.css';

/**
 * The page's code runs in parts, each in a task of its own, what the later ones build upon first:
 * all of it is more than one task may take where other threads want the processor too.
 */
async function openPage(root: HTMLElement): Promise<void> {
  await nextTask();
  await import('./session.js');
  await nextTask();
  await import('./panes.js');
  await nextTask();
  const { startPage } = await import('./page.js');
  await nextTask();
  await startPage(root);
}

fetchEarly();
const root = document.getElementById('app');
if (root !== null) void openPage(root);
