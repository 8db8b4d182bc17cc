import { signal, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { DroppedFiles } from '../../storage/common/dropped.js';
import { dialog } from '../dialog-state.js';
import { droppedFiles } from '../disks/actions.js';
import { machine } from '../machine/model.js';
import './drop.css';

/** What lies on the console pane until the visitor has said what it is for. */
export const dropped = signal<DroppedFiles | undefined>(undefined);

const hasFiles = (event: DragEvent): boolean =>
  event.dataTransfer?.types.includes('Files') === true && machine.value !== undefined;

/** Takes files that are dropped on the console, and asks what they are for. */
export function ConsoleDrop({ children }: { children: ComponentChildren }) {
  const over = useSignal(false);
  return (
    <div
      class="console-drop"
      onDragOver={(event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        over.value = true;
      }}
      onDragLeave={() => (over.value = false)}
      onDrop={(event) => {
        over.value = false;
        if (!hasFiles(event) || event.dataTransfer === null) return;
        event.preventDefault();
        void droppedFiles(event.dataTransfer).then((what) => {
          if (what.files.length === 0 && what.folder === undefined) return;
          dropped.value = what;
          dialog.value = 'drop';
        });
      }}
    >
      {children}
      {over.value && <p class="drop-hint">Drop to use it with this machine</p>}
    </div>
  );
}
