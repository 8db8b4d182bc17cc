import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import * as v from 'valibot';
import { EngineManifest } from '../engine/common/manifest.js';
import type { PackageOrigin } from '../machine/guest.js';
import { CopyButton } from './copy-button.js';
import { dialog } from './dialog-state.js';
import { DropDialog } from './drop/drop-dialog.js';
import { UpdateDialog } from './install/update.js';
import { NPM_PACKAGES_FILE, NpmPackages } from './npm-packages.js';
import { PanesList } from './dock/panes-list.js';
import { Share } from './machine/share.js';
import { Modal } from './modal.js';
import { Palette } from './palette.js';
import { Settings } from './settings-dialog.js';
import { formatBytes } from './format.js';
import { catalogue } from './session.js';
import { SnapshotsDialog } from './snapshots/dialog.js';

export function Dialogs() {
  if (dialog.value === 'help') return <Help />;
  if (dialog.value === 'about') return <About />;
  if (dialog.value === 'share') return <Share />;
  if (dialog.value === 'palette') return <Palette />;
  if (dialog.value === 'settings') return <Settings />;
  if (dialog.value === 'snapshots') return <SnapshotsDialog />;
  if (dialog.value === 'drop') return <DropDialog />;
  if (dialog.value === 'update') return <UpdateDialog />;
  if (dialog.value === 'panes') {
    return (
      <Modal title="Panes">
        <PanesList />
      </Modal>
    );
  }
  return null;
}

const shortcuts: [string, string][] = [
  ['F6, Shift+F6', 'Leave the console or the display: next or previous part of the page'],
  ['+ and -, arrows, Home, End', 'Timeline: zoom, move, show all, follow'],
  ['+ and -, 0, arrows, Home, End', 'Granules: zoom, show all, select'],
  ['N and P', 'Timeline: next or previous event'],
  ['Right, Left, Space, Escape', 'The building: step, step back, slow motion, live again'],
  ['Up, Down', 'The building: slow motion faster or slower'],
  ['F', 'Timeline, the building, lessons: fill the screen with large type; Escape leaves'],
  ['P, S, E', 'Registers: pause or resume, step, run to the next exception'],
  ['Alt+1 … Alt+9', 'Show a console'],
  ['Ctrl+Shift+F', 'Find in the console'],
  ['Ctrl+Shift+C', 'Copy the selection, or all'],
  ['Ctrl+Shift+L', 'Clear the console’s screen'],
  ['Ctrl+Shift+S', 'Save what the console printed'],
  ['Ctrl+Shift+Space', 'Pause or resume the machine'],
  ['Ctrl+Shift+P', 'All commands, by name'],
  ['Left, Right, Enter', 'On the tabs of panes: go along them, bring one to the front'],
  ['Ctrl+Space, Ctrl+.', 'In the machine’s editors: what fits here; fixes'],
  ['?', 'This help, outside of a console'],
];

function Help() {
  return (
    <Modal title="Help" wide>
      <div class="help">
        <div>
          <p>
            Each guest is a machine that QEMU emulates in this tab. Every serial port is a console
            that you can type into; the monitor console takes QEMU’s own commands (try{' '}
            <code>info registers</code>).
          </p>
          <dl class="controls-help">
            <dt>Pause</dt>
            <dd>Halts the processors. Resume goes on.</dd>
            <dt>Reset</dt>
            <dd>Presses the machine’s reset.</dd>
            <dt>Power off</dt>
            <dd>Presses the power button. Firmware prompts do not listen to it.</dd>
            <dt>Stop</dt>
            <dd>Ends QEMU and gives its memory back.</dd>
          </dl>
          <p>
            “Text” on a console shows it as plain text; under Settings, output is announced to
            screen readers as it comes.
          </p>
          <p>
            A guest opens from its address: <code>?guest=rme</code> boots it,{' '}
            <code>?guest=rme&amp;boot=0</code> waits for a click.
          </p>
        </div>
        <table class="shortcuts">
          <caption>Keyboard</caption>
          <tbody>
            {shortcuts.map(([keys, what]) => (
              <tr key={keys}>
                <th scope="row">
                  <kbd>{keys}</kbd>
                </th>
                <td>{what}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Modal>
  );
}

/** A JSON file beside the page: undefined until it is there, a sentence when it cannot be read. */
function useServed<T extends v.GenericSchema>(
  path: string,
  schema: T,
  what: string,
): v.InferOutput<T> | string | undefined {
  const served = useSignal<v.InferOutput<T> | string | undefined>(undefined);
  useEffect(() => {
    const read = async (): Promise<void> => {
      try {
        const response = await fetch(new URL(path, document.baseURI));
        if (!response.ok) throw new Error(`HTTP ${response.status}`);
        served.value = v.parse(schema, await response.json());
      } catch (error) {
        served.value = `${what} could not be read: ${String(error)}`;
      }
    };
    void read();
  }, []);
  return served.value;
}

function About() {
  const engine = useServed('engine/manifest.json', EngineManifest, 'The engine’s manifest');
  const npm = useServed(NPM_PACKAGES_FILE, NpmPackages, 'The list of npm packages');
  const guests = catalogue.value?.ok
    ? catalogue.value.value.guests.flatMap((entry) =>
        entry.state === 'ready' ? [entry.guest] : [],
      )
    : [];
  return (
    <Modal title="About Bootlink">
      <p>
        Bootlink is free software under the GNU General Public License, version 2 or later. It runs
        QEMU, built for WebAssembly from Debian’s source packages; the guests are built from or
        fetched as Debian packages too. The page is built with npm packages.
      </p>
      <h3>Engine</h3>
      {typeof engine === 'string' && <p role="alert">{engine}</p>}
      {typeof engine === 'object' && (
        <>
          <p>QEMU {engine.qemuVersion}</p>
          <ul class="hashes">
            {Object.entries(engine.files).map(([name, file]) => (
              <li key={name}>
                {name}, {formatBytes(file.bytes)}
                <code class="hash">{file.sha256}</code>
              </li>
            ))}
          </ul>
          <Packages packages={engine.packages} />
        </>
      )}
      <h3>Page</h3>
      {typeof npm === 'string' && <p role="alert">{npm}</p>}
      {typeof npm === 'object' && (
        <details>
          <summary>{npm.length} npm packages are in the page</summary>
          <table class="packages">
            <thead>
              <tr>
                <th scope="col">npm package</th>
                <th scope="col">Version</th>
                <th scope="col">Licence</th>
              </tr>
            </thead>
            <tbody>
              {npm.map(({ name, version, licence }) => (
                <tr key={`${name} ${version}`}>
                  <td>{name}</td>
                  <td>{version}</td>
                  <td>{licence}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
      <h3>Guests</h3>
      {guests.map((guest) => (
        <details key={guest.id}>
          <summary>{guest.title}</summary>
          <ul class="hashes">
            {guest.images.map((image) => (
              <li key={image.name}>
                {image.name}, {formatBytes(image.size)}
                <code class="hash">{image.sha256}</code>
              </li>
            ))}
          </ul>
          <Packages packages={guest.packages} />
        </details>
      ))}
      <div class="actions">
        <CopyButton
          label="Copy as JSON"
          text={() =>
            JSON.stringify(
              {
                engine,
                npm,
                guests: guests.map(({ id, images, packages }) => ({ id, images, packages })),
              },
              null,
              2,
            )
          }
        />
      </div>
    </Modal>
  );
}

function Packages({ packages }: { packages: PackageOrigin[] }) {
  return (
    <table class="packages">
      <thead>
        <tr>
          <th scope="col">Debian package</th>
          <th scope="col">Version</th>
          <th scope="col">Licence</th>
        </tr>
      </thead>
      <tbody>
        {packages.map((each) => (
          <tr key={`${each.kind} ${each.package}`}>
            <td
              title={Object.entries(each.files)
                .map((file) => file.join(' '))
                .join('\n')}
            >
              {each.package} ({each.kind})
            </td>
            <td>{each.version}</td>
            <td>{each.licence}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
