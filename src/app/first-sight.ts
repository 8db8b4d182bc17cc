import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Runs `then` once, when the element is first seen: a pane behind another one costs nothing. */
export function useFirstSight<T extends Element>(then: () => void): RefObject<T> {
  const element = useRef<T>(null);
  useEffect(() => {
    if (element.current === null) return;
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      then();
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, []);
  return element;
}
