import { signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Failure } from '../engine/common/failure.js';
import { FailureView } from './failure-view.js';
import './styles/full-screen.css';

/** What fills the screen now. */
export const fullScreenElement = signal<Element | undefined>(undefined);

document.addEventListener('fullscreenchange', () => {
  fullScreenElement.value = document.fullscreenElement ?? undefined;
});

/** The height of a page at which type has its usual size; from the back of a room, half of that. */
const USUAL_HEIGHT = 540;
const LARGEST = 4;

/** How many times larger than usual type is in what fills the screen. */
export function fullScreenScale(height: number): number {
  return Math.min(LARGEST, Math.max(1.5, height / USUAL_HEIGHT));
}

export interface FullScreen {
  readonly isOn: boolean;
  readonly failure: Failure | undefined;
  toggle(): void;
  /** F fills the screen, F and Escape leave it; true for a key that was one of these. */
  onKey(event: KeyboardEvent): boolean;
}

/** Whether a key is typed into something. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) ||
      target.isContentEditable ||
      target.closest('.monaco-editor') !== null)
  );
}

/**
 * Lets an element of a pane fill the screen, for a wall that a class looks at.
 * @param what names it in a failure: "the timeline"
 */
export function useFullScreen(host: { current: HTMLElement | null }, what: string): FullScreen {
  const failure = useSignal<Failure | undefined>(undefined);
  const isOn = fullScreenElement.value !== undefined && fullScreenElement.value === host.current;
  useEffect(() => {
    const element = host.current;
    // No class: a pane may change those.
    if (element !== null) element.dataset.mayFill = '';
    const size = (): void =>
      element?.style.setProperty('--full-screen-scale', fullScreenScale(innerHeight).toFixed(2));
    size();
    addEventListener('resize', size);
    return () => {
      removeEventListener('resize', size);
      // A pane that is closed does not go on filling the screen.
      if (document.fullscreenElement !== null && document.fullscreenElement === element) {
        void document.exitFullscreen().catch(() => undefined);
      }
    };
  }, []);
  const change = async (): Promise<void> => {
    try {
      if (isOn) await document.exitFullscreen();
      else {
        await host.current?.requestFullscreen();
        host.current?.focus();
      }
      failure.value = undefined;
    } catch (error) {
      failure.value = {
        what: `The browser did not let ${what} fill the screen.`,
        remedy:
          'A page within another one needs allow="fullscreen" on its frame. Or let the browser itself fill the screen, often with F11.',
        detail: String(error),
      };
    }
  };
  const toggle = (): void => void change();
  return {
    isOn,
    failure: failure.value,
    toggle,
    onKey(event) {
      if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return false;
      const isOurs = event.key.toLowerCase() === 'f' || (isOn && event.key === 'Escape');
      if (!isOurs) return false;
      event.preventDefault();
      toggle();
      return true;
    },
  };
}

export function FullScreenButton({ screen }: { screen: FullScreen }) {
  return (
    <button
      type="button"
      aria-pressed={screen.isOn}
      aria-keyshortcuts="f"
      title={screen.isOn ? 'Escape or F' : 'F: large type, for the wall of a classroom'}
      onClick={screen.toggle}
    >
      Full screen
    </button>
  );
}

export function FullScreenFailure({ screen }: { screen: FullScreen }) {
  return screen.failure === undefined ? null : <FailureView failure={screen.failure} />;
}
