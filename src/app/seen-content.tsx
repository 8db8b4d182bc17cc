import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Resolves the place's first time in sight: hidden panes are mounted too. */
function Place({ onSeen }: { onSeen: () => void }) {
  const place = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (place.current === null) return;
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
      observer.disconnect();
      onSeen();
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

/**
 * The content of a pane, fetched when a place for it is first seen: most visitors look at few
 * panes, and a boot waits for none.
 */
export function seenContent<P extends object>(
  load: () => Promise<ComponentType<P>>,
): ComponentType<P> {
  const content = signal<ComponentType<P> | undefined>(undefined);
  const failed = signal(false);
  const fetchContent = (): void => {
    failed.value = false;
    load().then(
      (loaded) => (content.value = loaded),
      () => (failed.value = true),
    );
  };
  return (props: P) => {
    const Content = content.value;
    if (Content !== undefined) return <Content {...props} />;
    if (!failed.value) return <Place onSeen={fetchContent} />;
    return (
      <div class="pane-empty" role="alert">
        <p>This pane could not be fetched. Check the network.</p>
        <button type="button" onClick={fetchContent}>
          Try again
        </button>
      </div>
    );
  };
}
