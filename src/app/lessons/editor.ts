import { effect } from '@preact/signals';
import type { AssemblyProblem } from '../../lessons/exercise.js';
import { MONOSPACE, TERMINAL_FONT_PIXELS } from '../fonts.js';
import { monaco } from '../machine/monaco.js';
import { dark } from '../settings.js';
import { fullScreenElement, fullScreenScale } from '../full-screen.js';
import { teacherView } from './progress.js';

const A64 = 'a64';

/** Enough of GNU syntax for A64 to be read: comments, labels, directives, registers, numbers. */
function registerA64(): void {
  if (monaco.languages.getLanguages().some(({ id }) => id === A64)) return;
  monaco.languages.register({ id: A64 });
  monaco.languages.setLanguageConfiguration(A64, { comments: { lineComment: '//' } });
  monaco.languages.setMonarchTokensProvider(A64, {
    ignoreCase: true,
    tokenizer: {
      root: [
        [/\/\/.*$/, 'comment'],
        [/\/\*/, 'comment', '@comment'],
        [/^\s*[a-z_.$][\w.$]*:/, 'type'],
        [/\.[a-z]+/, 'keyword'],
        [/"[^"]*"/, 'string'],
        [
          /\b(?:[xw](?:[12]?[0-9]|30|zr)|sp|[a-z0-9_]+_el[0-3]|currentel|daif(?:set|clr)?)\b/,
          'variable',
        ],
        [/#?-?(?:0x[0-9a-f]+|[0-9]+)\b/, 'number'],
        [/^\s*[a-z][a-z0-9.]*/, 'keyword'],
      ],
      comment: [
        [/\*\//, 'comment', '@pop'],
        [/./, 'comment'],
      ],
    },
  });
}

/** An editor of an exercise's text. */
export interface AssemblyEditor {
  text(): string;
  set(text: string): void;
  /** Puts the assembler's errors at their lines. */
  mark(problems: readonly AssemblyProblem[]): void;
  goTo(line: number): void;
  dispose(): void;
}

/** Large type where the lesson is in large type, or fills the screen. */
function typeScale(): number {
  if (fullScreenElement.value?.contains(document.querySelector('.assembly-editor')) === true) {
    return fullScreenScale(innerHeight);
  }
  return teacherView.value ? 1.5 : 1;
}

export function openAssemblyEditor(
  host: HTMLElement,
  text: string,
  onChange: (text: string) => void,
): AssemblyEditor {
  registerA64();
  const model = monaco.editor.createModel(text, A64);
  const editor = monaco.editor.create(host, {
    model,
    automaticLayout: true,
    minimap: { enabled: false },
    fontFamily: MONOSPACE,
    scrollBeyondLastLine: false,
    lineNumbersMinChars: 3,
    fixedOverflowWidgets: true,
    // Tab leads on, as in a form: the text needs none.
    tabFocusMode: true,
    quickSuggestions: false,
    wordBasedSuggestions: 'off',
    padding: { top: 6, bottom: 6 },
    ariaLabel: 'Your program, A64 assembly',
  });
  const typed = model.onDidChangeContent(() => {
    onChange(model.getValue());
    monaco.editor.setModelMarkers(model, 'assembler', []);
  });
  const stopTheme = effect(() =>
    monaco.editor.setTheme(dark.value ? 'bootlink-dark' : 'bootlink-light'),
  );
  const stopSize = effect(() =>
    editor.updateOptions({ fontSize: TERMINAL_FONT_PIXELS * typeScale() }),
  );
  return {
    text: () => model.getValue(),
    set: (next) => model.setValue(next),
    mark(problems) {
      monaco.editor.setModelMarkers(
        model,
        'assembler',
        problems.map(({ line, message }) => ({
          severity: monaco.MarkerSeverity.Error,
          message,
          startLineNumber: line,
          endLineNumber: line,
          startColumn: 1,
          endColumn: model.getLineMaxColumn(Math.min(line, model.getLineCount())),
        })),
      );
    },
    goTo(line) {
      editor.setPosition({ lineNumber: line, column: 1 });
      editor.revealLineInCenter(line);
      editor.focus();
    },
    dispose() {
      typed.dispose();
      stopTheme();
      stopSize();
      editor.dispose();
      model.dispose();
    },
  };
}
