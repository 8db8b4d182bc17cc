import { review } from '../../machine/link/review.js';
import { formatBytes } from '../format.js';
import { Markdown } from '../markdown.js';
import { bootMachine, plannedGuest } from './boot-machine.js';
import { ImageList } from './image-list.js';
import { baseGuest, changes, findGuest, machine, opened } from './model.js';
import { showPane } from '../dock/workspace-state.js';
import type { ComponentChildren } from 'preact';

function Row({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

/**
 * A machine from elsewhere: what it holds, before anything of it is fetched, typed or started.
 * All of its text is shown as text.
 */
export function ReviewCard() {
  const current = machine.value;
  if (current === undefined) return null;
  const found = review(current, findGuest);
  const planned = plannedGuest.value;
  const reasons = [
    ...found.blocked,
    ...(planned?.ok === false
      ? planned.reasons.filter((each) => !found.blocked.includes(each))
      : []),
  ];
  return (
    <div class="sheet review">
      <h1>{found.title ?? 'A machine from a link'}</h1>
      <p class="lead">
        This machine comes from elsewhere. Nothing of it has been started, fetched or typed.
      </p>
      {(opened.value?.notices ?? []).map((notice) => (
        <p key={notice} role="status">
          {notice}
        </p>
      ))}
      <dl>
        <Row name="Board">{found.board ?? 'not named'}</Row>
        <Row name="CPU">
          {found.cpu ?? 'the board’s default'}, {found.vcpus} {found.vcpus === 1 ? 'vCPU' : 'vCPUs'}
        </Row>
        <Row name="Memory">
          {formatBytes(found.memoryBytes)}; {found.addressSpaceMiB} MiB with flash
        </Row>
        {found.guest !== undefined && (
          <Row name="Made from">
            {baseGuest.value?.title ?? found.guest}
            {changes.value.length > 0 &&
              `, with other ${changes.value.map(({ part }) => part).join(', ')}`}
          </Row>
        )}
        <Row name="To fetch">
          {found.fetches.length === 0
            ? 'nothing'
            : `${found.fetchBytesComplete ? '' : 'at least '}${formatBytes(found.fetchBytes)} from ${['this site', ...found.hosts].slice(found.fetches.every(({ host }) => host !== undefined) ? 1 : 0).join(', ')}`}
        </Row>
        <Row name="Your files">
          {found.files.length === 0
            ? 'none'
            : found.files.map(({ image, path }) => path ?? image).join(', ')}
        </Row>
        <Row name="Typed input">
          {found.typed.length === 0 ? (
            'none'
          ) : (
            <ul class="hashes">
              {found.typed.map((step, index) => (
                <li key={index}>
                  on {step.console}: <code>{JSON.stringify(step.send)}</code>
                </li>
              ))}
            </ul>
          )}
        </Row>
        {found.extra.length > 0 && (
          <Row name="Other arguments">
            <code>{found.extra.join(' ')}</code>
          </Row>
        )}
      </dl>
      {found.changes.length > 0 && (
        <details>
          <summary>What is different in a tab</summary>
          <ul>
            {found.changes.map(({ message }) => (
              <li key={message}>{message}</li>
            ))}
          </ul>
        </details>
      )}
      {found.notes !== undefined && <Markdown text={found.notes} />}
      <h2>Images</h2>
      <ImageList />
      {reasons.length > 0 && (
        <div class="failure" role="status">
          <strong>Cannot boot yet.</strong>
          <ul>
            {reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </div>
      )}
      <div class="actions">
        <button
          type="button"
          class="primary"
          data-pane-focus
          disabled={reasons.length > 0 || planned?.ok !== true}
          onClick={() => void bootMachine()}
        >
          Boot this machine
        </button>
        <button type="button" onClick={() => showPane('machine')}>
          Look at the machine
        </button>
      </div>
    </div>
  );
}
