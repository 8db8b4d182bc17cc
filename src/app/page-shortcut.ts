/** Keys that belong to the page even while a terminal or a display has the focus. */
export function isPageShortcut(event: KeyboardEvent): boolean {
  if (event.key === 'F6') return true;
  if (event.altKey && !event.ctrlKey && !event.metaKey && /^Digit[1-9]$/.test(event.code))
    return true;
  return (
    event.ctrlKey &&
    event.shiftKey &&
    ['KeyF', 'KeyC', 'KeyS', 'KeyL', 'KeyP', 'Space'].includes(event.code)
  );
}
