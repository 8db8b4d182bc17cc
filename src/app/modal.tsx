import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { dialog } from './dialog-state.js';

/** A dialog over the page; Escape and Close take it away. */
export function Modal(props: {
  title: string;
  /** For what stands side by side on a screen that has the room. */
  wide?: boolean;
  children: ComponentChildren;
}) {
  const { title, wide = false, children } = props;
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => element.current?.showModal(), []);
  const close = (): void => {
    dialog.value = undefined;
  };
  return (
    <dialog ref={element} class={wide ? 'wide' : ''} aria-labelledby="dialog-title" onClose={close}>
      <div class="dialog-head">
        <h2 id="dialog-title">{title}</h2>
        <button type="button" onClick={() => element.current?.close()}>
          Close
        </button>
      </div>
      <div class="dialog-body" tabIndex={0} role="group" aria-labelledby="dialog-title">
        {children}
      </div>
    </dialog>
  );
}
