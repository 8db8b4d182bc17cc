import { effect, type ReadonlySignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { check } from '../../machine/language/check.js';
import { toArgs } from '../../machine/to-args.js';
import { toShell } from '../../machine/shell-quote.js';
import type { Machine } from '../../machine/schema.js';
import { TERMINAL_FONT_PIXELS, MONOSPACE } from '../fonts.js';
import { dark } from '../settings.js';
import { capabilities } from './capabilities.js';
import { MACHINE_URI, printMachine, readMachineText, setMachineSchema } from './json-language.js';
import { changedBy, edit, machine, type Source } from './model.js';
import { monaco } from './monaco.js';
import { QEMU_LANGUAGE, registerQemuLanguage, toMarker } from './qemu-language.js';

/** How long typing rests before the text is read, in ms. */
const READ_MS = 250;

const options: monaco.editor.IEditorOptions = {
  automaticLayout: true,
  minimap: { enabled: false },
  fontFamily: MONOSPACE,
  fontSize: TERMINAL_FONT_PIXELS,
  scrollBeyondLastLine: false,
  wordWrap: 'on',
  lineNumbersMinChars: 3,
  fixedOverflowWidgets: true,
  tabFocusMode: false,
  quickSuggestions: { other: true, comments: false, strings: true },
  renderWhitespace: 'none',
  padding: { top: 6, bottom: 6 },
};

/** The machine as the text of an editor. */
interface TextForm {
  source: Source;
  language: string;
  uri: string;
  label: string;
  print(machine: Machine): string;
  /** Reads the text; gives the machine to take over, if there is one, and marks what is wrong. */
  read(text: string, model: monaco.editor.ITextModel): Machine | undefined;
}

function mark(model: monaco.editor.ITextModel, markers: monaco.editor.IMarkerData[]): void {
  monaco.editor.setModelMarkers(model, 'bootlink', markers);
}

export const commandLineForm: TextForm = {
  source: 'args',
  language: QEMU_LANGUAGE,
  uri: 'inmemory://machine/command-line',
  label: 'QEMU command line of this machine',
  print: (current) => toShell(toArgs(current)),
  read(text, model) {
    const checked = check(text, machine.value, capabilities.value);
    mark(
      model,
      checked.diagnostics.map((each) => toMarker(model, each)),
    );
    return checked.hasCommand ? checked.machine : undefined;
  },
};

export const jsonForm: TextForm = {
  source: 'json',
  language: 'json',
  uri: MACHINE_URI,
  label: 'This machine as JSON',
  print: printMachine,
  read(text, model) {
    const read = readMachineText(text, capabilities.value);
    mark(
      model,
      read.diagnostics.map((each) => toMarker(model, each)),
    );
    return read.machine;
  },
};

function themeName(): string {
  return dark.value ? 'bootlink-dark' : 'bootlink-light';
}

/** Puts an editor of the machine into an element; returns what takes it away. */
function openEditor(host: HTMLElement, form: TextForm): () => void {
  const uri = monaco.Uri.parse(form.uri);
  const model =
    monaco.editor.getModel(uri) ??
    monaco.editor.createModel(form.print(machine.value ?? { format: 1 }), form.language, uri);
  const editor = monaco.editor.create(host, {
    ...options,
    model,
    theme: themeName(),
    ariaLabel: form.label,
  });
  let reading: ReturnType<typeof setTimeout> | undefined;
  let writing = false;
  const read = (): void => {
    const next = form.read(model.getValue(), model);
    if (next !== undefined) edit(next, form.source);
  };
  const typed = model.onDidChangeContent(() => {
    if (writing) return;
    clearTimeout(reading);
    reading = setTimeout(read, READ_MS);
  });
  const stopFollowing = effect(() => {
    const current = machine.value;
    // What this editor wrote stays as it was written.
    if (current === undefined || changedBy.value === form.source) return;
    const text = form.print(current);
    if (text === model.getValue()) return;
    clearTimeout(reading);
    writing = true;
    const all = model.getFullModelRange();
    model.pushEditOperations([], [{ range: all, text }], () => null);
    writing = false;
    form.read(text, model);
  });
  // Names are checked anew when the engine's list has come.
  const stopChecking = effect(() => {
    void capabilities.value;
    form.read(model.getValue(), model);
  });
  const stopTheme = effect(() => monaco.editor.setTheme(themeName()));
  return () => {
    clearTimeout(reading);
    typed.dispose();
    stopFollowing();
    stopChecking();
    stopTheme();
    editor.dispose();
    model.dispose();
  };
}

registerQemuLanguage();
effect(() => setMachineSchema(capabilities.value));

/** An editor of the machine's text. F6 leads out of it, as out of a console. */
export function TextEditor({ form }: { form: TextForm }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (host.current === null) return undefined;
    return openEditor(host.current, form);
  }, [form]);
  return <div class="text-editor" ref={host} data-editor={form.source} />;
}

/** What was changed, beside what it was. */
export function DiffEditor({ base }: { base: ReadonlySignal<Machine | undefined> }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (host.current === null) return undefined;
    const editor = monaco.editor.createDiffEditor(host.current, {
      ...options,
      theme: themeName(),
      readOnly: true,
      originalEditable: false,
      renderSideBySide: true,
      useInlineViewWhenSpaceIsLimited: true,
      hideUnchangedRegions: { enabled: true },
    });
    editor.getOriginalEditor().updateOptions({ ariaLabel: 'Before the changes' });
    editor.getModifiedEditor().updateOptions({ ariaLabel: 'With the changes' });
    const original = monaco.editor.createModel('', 'json');
    const modified = monaco.editor.createModel('', 'json');
    editor.setModel({ original, modified });
    const follow = effect(() => {
      original.setValue(base.value === undefined ? '' : printMachine(base.value));
      modified.setValue(machine.value === undefined ? '' : printMachine(machine.value));
    });
    return () => {
      follow();
      editor.dispose();
      original.dispose();
      modified.dispose();
    };
  }, []);
  return <div class="text-editor" ref={host} data-editor="diff" />;
}
