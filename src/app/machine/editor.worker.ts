// Monaco's own worker: diffs and links, off the page's thread.
import 'monaco-editor/editor/editor.worker';
