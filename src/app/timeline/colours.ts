import type { Colours } from './draw.js';

/** The page's colours as they are now: they follow the theme. */
export function readColours(element: Element): Colours {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    text: read('--text'),
    quiet: read('--quiet'),
    border: read('--border'),
    sunken: read('--sunken'),
    danger: read('--danger'),
    focus: read('--focus'),
    worlds: {
      Root: read('--role-firmware'),
      Secure: read('--role-secure'),
      'Non-secure': read('--role-host'),
      Realm: read('--role-realm'),
    },
  };
}
