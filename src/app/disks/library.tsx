import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { DroppedFile } from '../../storage/common/dropped.js';
import { FailureView } from '../failure-view.js';
import { formatBytes } from '../format.js';
import { images, libraryFailure, refreshLibrary, storageUse, troubles } from '../storage.js';
import { run, runVersion } from '../session.js';
import { AddImage } from './add-image.js';
import {
  cancel,
  createFat,
  droppedFiles,
  failure,
  importFile,
  tasks,
  type Task,
} from './actions.js';
import { ImageCard } from './image-card.js';
import '../styles/disks.css';

/** The visitor's library of disk images. */
export function Library() {
  const over = useSignal(false);
  /** Several loose files, until the visitor has said what they are. */
  const loose = useSignal<readonly DroppedFile[]>([]);
  void runVersion.value;
  const current = run.value;
  const state = current?.state.name;
  // What a machine uses is in use, and when it has ended may have changed.
  useEffect(() => void refreshLibrary(), [current, state]);
  useEffect(() => void current?.finished.then(refreshLibrary), [current]);
  useEffect(() => {
    const refresh = (): void => void refreshLibrary();
    // Another tab may have changed it.
    addEventListener('focus', refresh);
    return () => removeEventListener('focus', refresh);
  }, []);
  const drop = async (transfer: DataTransfer): Promise<void> => {
    const content = await droppedFiles(transfer);
    const { files, folder } = content;
    if (folder !== undefined) await createFat(folder, content);
    else if (files.length > 1) loose.value = files;
    else for (const { file } of files) await importFile(file);
  };
  return (
    <section
      class={over.value ? 'library over' : 'library'}
      aria-label="Disk images"
      onDragOver={(event) => {
        event.preventDefault();
        over.value = true;
      }}
      onDragLeave={() => (over.value = false)}
      onDrop={(event) => {
        event.preventDefault();
        over.value = false;
        if (event.dataTransfer !== null) void drop(event.dataTransfer);
      }}
    >
      <Use />
      <AddImage />
      {loose.value.length > 0 && (
        <LooseFiles files={loose.value} close={() => (loose.value = [])} />
      )}
      {tasks.value.map((task) => (
        <TaskRow key={task.key} task={task} />
      ))}
      {failure.value !== undefined && <FailureView failure={failure.value} />}
      {troubles.value.map((trouble) => (
        <FailureView key={trouble.image + trouble.failure.what} failure={trouble.failure} />
      ))}
      {libraryFailure.value !== undefined && <FailureView failure={libraryFailure.value} />}
      {images.value?.length === 0 && <p>There are no disks yet.</p>}
      <ul class="images">
        {images.value?.map((image) => (
          <ImageCard key={image.id} image={image} />
        ))}
      </ul>
    </section>
  );
}

/** Asks what several dropped files are: disks, or the content of one. */
function LooseFiles({ files, close }: { files: readonly DroppedFile[]; close: () => void }) {
  const act = async (work: () => Promise<unknown>): Promise<void> => {
    close();
    await work();
  };
  const size = files.reduce((sum, { file }) => sum + file.size, 0);
  return (
    <div class="loose-files" role="group" aria-label="What are these files?">
      <p>
        <strong>{files.length} files</strong>, {formatBytes(size)}: what are they?
      </p>
      <div class="actions">
        <button
          type="button"
          onClick={() =>
            void act(() => createFat('files', { files: [...files], emptyFolders: [] }))
          }
        >
          Put them on a FAT drive
        </button>
        <button
          type="button"
          onClick={() =>
            void act(async () => {
              for (const { file } of files) await importFile(file);
            })
          }
        >
          Import each as a disk
        </button>
        <button type="button" onClick={close}>
          Cancel
        </button>
      </div>
    </div>
  );
}

function Use() {
  const use = storageUse.value;
  if (use === undefined) return null;
  const { used, quota, persisted } = use;
  return (
    <div class="use">
      {used !== undefined && quota !== undefined && (
        <>
          <label for="storage-use">
            {formatBytes(used)} used of {formatBytes(quota)} that the browser allows
          </label>
          <meter id="storage-use" min={0} max={quota} high={0.9 * quota} value={used} />
        </>
      )}
      <p class="quiet">
        {persisted
          ? 'The browser keeps this until you delete it.'
          : 'The browser may drop this when its disk gets full: export what matters.'}
      </p>
    </div>
  );
}

function TaskRow({ task: { key, title, progress } }: { task: Task }) {
  return (
    <div class="task" role="status">
      <p>
        {title}
        {progress !== undefined && `: ${progress.step}, ${formatBytes(progress.done)}`}
        {progress?.total !== undefined && ` of ${formatBytes(progress.total)}`}
      </p>
      <progress aria-label={title} max={progress?.total ?? 1} value={progress?.done} />
      <button type="button" onClick={() => cancel(key)}>
        Cancel
      </button>
    </div>
  );
}
