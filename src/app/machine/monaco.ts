/**
 * Monaco with the parts that are used here. Everything of it is in this module's chunk, which is
 * fetched with the first editor.
 */
import * as monaco from 'monaco-editor/editor/editor.api';
// All features: the JSON service brings them in later by itself, and Monaco's services are settled by then.
import 'monaco-editor/features/register.all';
import { jsonDefaults } from 'monaco-editor/languages/features/json/register';

export { monaco, jsonDefaults };

declare global {
  interface Window {
    MonacoEnvironment?: { getWorker(id: string, label: string): Worker };
  }
}

// Workers of this site's own files: the content security policy takes no others.
self.MonacoEnvironment = {
  getWorker: (_id: string, label: string) =>
    label === 'json'
      ? new Worker(new URL('./json.worker.ts', import.meta.url), { type: 'module', name: 'json' })
      : new Worker(new URL('./editor.worker.ts', import.meta.url), {
          type: 'module',
          name: 'editor',
        }),
};

const surfaces = {
  light: { background: '#ffffff', foreground: '#1d242b' },
  dark: { background: '#14191e', foreground: '#d8dee6' },
};

for (const name of ['light', 'dark'] as const) {
  const { background, foreground } = surfaces[name];
  monaco.editor.defineTheme(`bootlink-${name}`, {
    base: name === 'dark' ? 'vs-dark' : 'vs',
    inherit: true,
    rules: [
      { token: 'attribute.name.qemu', foreground: name === 'dark' ? '8ab4f8' : '1a56b4' },
      { token: 'keyword.qemu', foreground: name === 'dark' ? '7dd3a8' : '146c43' },
      { token: 'string.link.qemu', foreground: name === 'dark' ? 'd7a6f5' : '7b3fa0' },
      { token: 'variable.predefined.qemu', foreground: name === 'dark' ? 'f28b82' : 'a3241c' },
    ],
    colors: {
      'editor.background': background,
      'editor.foreground': foreground,
      'editorGutter.background': background,
    },
  });
}
