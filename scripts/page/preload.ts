import type { Plugin } from 'vite';

/** What of a built chunk counts here (Rolldown's `OutputChunk`). */
export interface Chunk {
  type: string;
  fileName: string;
  facadeModuleId?: string | null;
  /** Files that it imports statically. */
  imports?: readonly string[];
}

/**
 * Files of the chunks that are made from these modules, and of what they import statically, each
 * after those that it needs.
 *
 * @throws Error naming a module that is no chunk of its own
 */
export function filesToPreload(
  chunks: Readonly<Record<string, Chunk>>,
  modules: readonly string[],
): string[] {
  const files = new Set<string>();
  const visit = (file: string, from: readonly string[]): void => {
    if (files.has(file) || from.includes(file)) return;
    for (const needed of chunks[file]?.imports ?? []) visit(needed, [...from, file]);
    files.add(file);
  };
  for (const module of modules) {
    const chunk = Object.values(chunks).find((each) => each.facadeModuleId?.endsWith(module));
    if (chunk === undefined) {
      throw new Error(`${module} is no chunk of its own: nothing imports it dynamically alone.`);
    }
    visit(chunk.fileName, []);
  }
  return [...files];
}

/**
 * Has the browser fetch these modules with the page itself. They are imported dynamically, so that
 * each runs in a task of its own; without this each would be asked for when the one before has run.
 */
export function preloadedModules(modules: readonly string[]): Plugin {
  return {
    name: 'bootlink:preloaded-modules',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { path, bundle }) {
        if (bundle === undefined || !path.endsWith('/index.html')) return [];
        return filesToPreload(bundle as Record<string, Chunk>, modules)
          .filter((file) => !html.includes(file))
          .map((file) => ({
            tag: 'link',
            attrs: { rel: 'modulepreload', crossorigin: true, href: `./${file}` },
            injectTo: 'head' as const,
          }));
      },
    },
  };
}
