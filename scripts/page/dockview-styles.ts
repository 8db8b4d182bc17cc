import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Plugin } from 'vite';

/**
 * The package comes with its style sheet inside of a bundle only, as a string that the bundle adds
 * to the page when it runs. That bundle is half as large again as the module that has no styles,
 * and three quarters of the styles are themes, which the page has no use for.
 */
const BUNDLE = 'dockview-core/dist/dockview-core.js';
const NAME = 'virtual:dockview.css';
/** Without the zero byte that virtual modules have by custom: vite's CSS plug-ins leave those alone. */
const RESOLVED = '/@bootlink/dockview.css';

/** @throws Error naming the file when it has no style sheet where this version of it has one */
export function styleSheetIn(bundle: string, file: string): string {
  const literal = /\.textContent = ("(?:[^"\\]|\\.)*");/.exec(bundle)?.[1];
  if (literal === undefined) {
    throw new Error(
      `${file} has no style sheet of the kind that this knows. Look at what changed.`,
    );
  }
  // Written by a bundler with JSON.stringify.
  return JSON.parse(literal) as string;
}

/** Without the rules whose every selector is of a theme. Takes plain CSS: no nesting. */
export function withoutThemes(css: string): string {
  return css.replaceAll(
    /((?:\/\*[^]*?\*\/|[^{}@])*?)\{[^{}]*\}/g,
    (rule: string, selectors: string) => {
      const plain = selectors.replaceAll(/\/\*[^]*?\*\//g, '');
      const isOfTheme = plain.split(',').every((each) => each.includes('.dockview-theme-'));
      return isOfTheme ? '' : rule;
    },
  );
}

/** Gives the page the docking library's style sheet as `virtual:dockview.css`. */
export function dockviewStyles(): Plugin {
  const file = createRequire(import.meta.url).resolve(BUNDLE);
  return {
    name: 'bootlink:dockview-styles',
    resolveId: (id) => (id === NAME ? RESOLVED : undefined),
    load: (id) =>
      id === RESOLVED ? withoutThemes(styleSheetIn(readFileSync(file, 'utf8'), file)) : undefined,
  };
}
