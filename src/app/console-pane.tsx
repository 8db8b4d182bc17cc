import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Console } from '../engine/ui/console.js';
import { copyText } from './copy-button.js';
import { MirrorLines } from './mirror-lines.js';
import { RoleTag, type Role } from './role-tag.js';
import { activeConsole } from './session.js';
import { announce } from './settings.js';
import type { ConsoleTerminal } from './terminal.js';
import { takeTurn } from './turns.js';

/** How soon the plain-text mirror follows. */
const MIRROR_MS = 400;

interface ConsolePaneProps {
  console: Console;
  terminal: ConsoleTerminal | undefined;
  role: Role;
  title: string;
  fileName: string;
  shown: boolean;
  /** False for an empty frame, which keeps the place. */
  made: boolean;
  /** The id of the tab that labels this pane, when tabs are shown. */
  tabId: string | undefined;
}

/** Offers text as a file. */
export function saveText(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/** One console: terminal, its tools, and what it printed as plain text. */
export function ConsolePane(props: ConsolePaneProps) {
  const { console, title, shown, made, tabId } = props;
  return (
    <section
      class="pane"
      id={`pane-${console.id}`}
      hidden={!shown}
      role={tabId === undefined ? 'region' : 'tabpanel'}
      aria-label={`${title} console`}
      onFocusIn={() => (activeConsole.value = console.id)}
    >
      {made && <PaneContent {...props} />}
    </section>
  );
}

function PaneContent({ console, terminal, role, title, fileName }: ConsolePaneProps) {
  const host = useRef<HTMLDivElement>(null);
  const searching = useSignal(false);
  const asText = useSignal(false);
  const said = useSignal<string | undefined>(undefined);

  useEffect(() => {
    if (terminal && host.current) terminal.mount(host.current);
  }, [terminal]);

  const say = (text: string): void => {
    said.value = text;
    setTimeout(() => (said.value = undefined), 2000);
  };
  const copy = async (): Promise<void> => {
    const selection = terminal?.selection ?? '';
    const outcome = await copyText(selection === '' ? console.log.text() : selection);
    say(outcome === 'Copied' && selection === '' ? 'Copied all' : outcome);
  };
  const tools: Record<string, () => void> = {
    find: () => (searching.value = !searching.value),
    copy: () => void copy(),
    clear: () => terminal?.clear(),
    save: () => saveText(fileName, console.log.text()),
    saveTimed: () => saveText(`timed-${fileName}`, console.log.timedText()),
  };
  // The page's shortcuts reach the pane as an event, so that they need not know it.
  useEffect(() => {
    const run = (event: Event): void => {
      const { id, tool } = (event as CustomEvent<{ id: string; tool: string }>).detail;
      if (id === console.id) tools[tool]?.();
    };
    addEventListener('bootlink-tool', run);
    return () => removeEventListener('bootlink-tool', run);
  });

  return (
    <>
      <div class="pane-head">
        <RoleTag role={role} label={title} />
        <span class="pane-said" role="status">
          {said.value}
        </span>
        <div class="tools" role="toolbar" aria-label={`Tools of the ${title} console`}>
          <button
            type="button"
            disabled={!terminal}
            aria-pressed={searching.value}
            onClick={tools.find}
          >
            Find
          </button>
          <button type="button" title="Copies the selection, or all" onClick={tools.copy}>
            Copy
          </button>
          <button type="button" onClick={tools.clear}>
            Clear
          </button>
          <button type="button" onClick={tools.save}>
            Save
          </button>
          <button
            type="button"
            class="save-timed"
            title="Saves what was printed, with the time (UTC) before each line"
            onClick={tools.saveTimed}
          >
            Save timed
          </button>
          <button
            type="button"
            aria-pressed={asText.value}
            title="Shows what was printed as plain text"
            onClick={() => (asText.value = !asText.value)}
          >
            Text
          </button>
        </div>
      </div>
      {searching.value && terminal && (
        <FindBar terminal={terminal} onClose={() => (searching.value = false)} />
      )}
      <div class="terminal-host" ref={host} hidden={asText.value} />
      <Mirror console={console} title={title} visible={asText.value} />
    </>
  );
}

/** The console as plain text: shown on request, and always there for screen readers. */
function Mirror({
  console,
  title,
  visible,
}: {
  console: Console;
  title: string;
  visible: boolean;
}) {
  const element = useRef<HTMLPreElement>(null);
  // Unseen it is not scrolled: that would lay out the page for each piece of output.
  const isVisible = useRef(visible);
  const follow = (): void => {
    if (isVisible.current && element.current) {
      element.current.scrollTop = element.current.scrollHeight;
    }
  };
  useEffect(() => {
    const pre = element.current;
    if (pre === null) return;
    const lines = new MirrorLines(pre, console);
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isGone = false;
    const update = (): void => {
      timer = undefined;
      if (isGone) return;
      if (lines.update()) read();
      follow();
    };
    const read = (): void => takeTurn(update);
    read();
    const stop = console.onOutput(() => (timer ??= setTimeout(read, MIRROR_MS)));
    return () => {
      isGone = true;
      stop();
      clearTimeout(timer);
      pre.replaceChildren();
    };
  }, [console]);
  useEffect(() => {
    isVisible.current = visible;
    follow();
  }, [visible]);
  return (
    <pre
      class={visible ? 'mirror' : 'mirror visually-hidden'}
      ref={element}
      role="log"
      aria-label={`${title} console as text`}
      aria-live={announce.value ? 'polite' : 'off'}
      tabIndex={visible ? 0 : -1}
    />
  );
}

function FindBar({ terminal, onClose }: { terminal: ConsoleTerminal; onClose: () => void }) {
  const input = useRef<HTMLInputElement>(null);
  const found = useSignal<boolean | undefined>(undefined);
  useEffect(() => {
    input.current?.focus();
    return () => terminal.endFind();
  }, [terminal]);
  const find = (direction: 'next' | 'previous', incremental = false): void => {
    const text = input.current?.value ?? '';
    found.value = text === '' ? undefined : terminal.find(text, direction, incremental);
  };
  const close = (): void => {
    onClose();
    terminal.focus();
  };
  return (
    <div class="find-bar" role="search">
      <input
        ref={input}
        type="search"
        aria-label="Find in this console"
        placeholder="Find"
        onInput={() => find('next', true)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') find(event.shiftKey ? 'previous' : 'next');
          if (event.key === 'Escape') close();
        }}
      />
      <button type="button" onClick={() => find('previous')}>
        Previous
      </button>
      <button type="button" onClick={() => find('next')}>
        Next
      </button>
      <span role="status" class="quiet">
        {found.value === false ? 'Not found' : ''}
      </span>
      <button type="button" onClick={close}>
        Close
      </button>
    </div>
  );
}
