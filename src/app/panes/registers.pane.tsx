import { signal } from '@preact/signals';
import type { FunctionComponent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Run } from '../../engine/ui/run.js';
import type { Pane } from '../panes.js';
import { boot, guestOfRoute, runVersion, shownRun } from '../session.js';

/** The pane's content and its decoders, which the page fetches with the first look at it. */
const content = signal<FunctionComponent<{ run: Run }> | undefined>(undefined);

/** Fetches the content when the place for it is first seen: hidden panes are mounted too. */
function Loading() {
  const place = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (place.current === null) return;
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      void import('../registers/registers.js').then(({ Registers }) => (content.value = Registers));
    });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return (
    <p class="pane-empty" ref={place}>
      Loading…
    </p>
  );
}

/** What the vCPUs of the paused machine hold. */
function RegistersPane() {
  void runVersion.value;
  const current = shownRun.value;
  const Registers = content.value;
  if (current !== undefined) {
    return Registers === undefined ? (
      <Loading />
    ) : (
      <Registers run={current} key={current.entered.fetching} />
    );
  }
  const entry = guestOfRoute.value;
  return (
    <div class="pane-empty">
      <p>Boot a machine and pause it to see its registers and memory.</p>
      {entry?.state === 'ready' && (
        <button
          type="button"
          onClick={() => void boot(entry.guest, { from: 'cold', halted: true })}
        >
          Boot halted
        </button>
      )}
    </div>
  );
}

export const pane: Pane = {
  id: 'registers',
  title: 'Registers',
  place: 'main',
  order: 50,
  component: RegistersPane,
};
