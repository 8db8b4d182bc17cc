import { useSignal } from '@preact/signals';
import { isUnfilled } from '../../machine/image-slots.js';
import { imageUses } from '../../machine/files.js';
import { machineFileSuffix, toFile } from '../../machine/file.js';
import { linkLimits } from '../../machine/limits.js';
import { saveText } from '../console-pane.js';
import { CopyButton } from '../copy-button.js';
import { formatBytes } from '../format.js';
import { Modal } from '../modal.js';
import { addressOf } from '../session.js';
import { currentRoute } from './address.js';
import { machine } from './model.js';
import badgeUrl from './badge.svg?url&no-inline';

/** Length from which some chat programs and mail readers cut an address, in characters. */
const LONG_LINK = 2000;

function escapeMarkdown(text: string): string {
  return text.replace(/[\\[\]]/g, '\\$&');
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}

/** The current machine to hand on: as a link, a badge, a frame or a file. */
export function Share() {
  const embedConsole = useSignal('');
  const route = currentRoute();
  const current = machine.value;
  if (route === undefined || current === undefined) return null;
  const at = (change: Partial<typeof route>): string =>
    new URL(
      addressOf({
        ...route,
        boot: true,
        console: undefined,
        embed: false,
        translator: undefined,
        ...change,
      }),
      location.href,
    ).href;
  const link = at({});
  const title = current.title ?? 'A machine in Bootlink';
  const badge = `[![Boot ${escapeMarkdown(title)}](${new URL(badgeUrl, document.baseURI).href})](${link})`;
  const framed = at({
    embed: true,
    console: embedConsole.value === '' ? undefined : embedConsole.value,
  });
  const frame = `<iframe src="${escapeAttribute(framed)}" title="${escapeAttribute(title)}" width="960" height="540" allow="cross-origin-isolated; clipboard-write" loading="lazy"></iframe>`;
  const uses = imageUses(current);
  const local = (current.images ?? []).filter(
    (image) => uses.has(image.name) && image.catalogue === undefined && image.url === undefined,
  );
  return (
    <Modal title="Share this machine">
      <p>
        The link is the machine: nothing is stored anywhere. Whoever opens it sees what it holds
        before anything boots.
      </p>
      <Shared label="Link" text={link} />
      {link.length > LONG_LINK && (
        <p role="status">
          {link.length} characters: some programs cut links of that length. The file below has no
          such limit.
        </p>
      )}
      {link.length > linkLimits.characters && (
        <p class="refused" role="alert">
          This link is too long to be opened again; share the file.
        </p>
      )}
      {local.length > 0 && (
        <div>
          <p>
            {local.length === 1 ? 'One image is a file of yours' : 'Some images are files of yours'}
            : it does not travel with the link. The receiver is asked for exactly this content.
          </p>
          <ul class="hashes">
            {local.map((image) => (
              <li key={image.name}>
                {image.name}
                {image.size === undefined ? '' : `, ${formatBytes(image.size)}`}
                <code class="hash">
                  {isUnfilled(image) ? 'not chosen yet: any file will do' : image.sha256}
                </code>
              </li>
            ))}
          </ul>
        </div>
      )}
      <Shared label="Badge (Markdown)" text={badge} />
      <Shared label="Frame (HTML)" text={frame} />
      <label class="field">
        <span class="field-label">Console that the frame shows first</span>
        <select
          value={embedConsole.value}
          onChange={(event) => (embedConsole.value = event.currentTarget.value)}
        >
          <option value="">the first one</option>
          {(current.consoles ?? []).map(({ id, title: name }) => (
            <option key={id} value={id}>
              {name ?? id}
            </option>
          ))}
        </select>
      </label>
      <div class="actions">
        <button
          type="button"
          onClick={() => saveText(`${fileName(title)}${machineFileSuffix}`, toFile(current))}
        >
          Save as {machineFileSuffix}
        </button>
      </div>
    </Modal>
  );
}

function fileName(title: string): string {
  return (
    title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'machine'
  );
}

function Shared({ label, text }: { label: string; text: string }) {
  return (
    <div class="shared">
      <label class="field">
        <span class="field-label">{label}</span>
        <textarea
          class="share-text"
          readOnly
          rows={text.length > 240 ? 3 : 2}
          value={text}
          onFocus={(event) => event.currentTarget.select()}
        />
      </label>
      <CopyButton label={`Copy ${label.toLowerCase().replace(/ \(.*/, '')}`} text={() => text} />
    </div>
  );
}
