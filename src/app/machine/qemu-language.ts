import type { Diagnostic, SourceRange } from '../../machine/diagnostics.js';
import { check } from '../../machine/language/check.js';
import { complete } from '../../machine/language/complete.js';
import { folds } from '../../machine/language/fold.js';
import { hover, signature } from '../../machine/language/hover.js';
import { commandLineTokens } from '../../machine/language/monarch.js';
import type { Knowledge } from '../../machine/language/vocabulary.js';
import { capabilities } from './capabilities.js';
import { machine } from './model.js';
import { monaco } from './monaco.js';

/** Monaco's name for QEMU's command line. */
export const QEMU_LANGUAGE = 'qemu';

type Model = monaco.editor.ITextModel;

export function toRange(model: Model, { start, end }: SourceRange): monaco.IRange {
  const from = model.getPositionAt(start);
  const to = model.getPositionAt(end);
  return {
    startLineNumber: from.lineNumber,
    startColumn: from.column,
    endLineNumber: to.lineNumber,
    endColumn: to.column,
  };
}

const severities = {
  error: () => monaco.MarkerSeverity.Error,
  warning: () => monaco.MarkerSeverity.Warning,
  info: () => monaco.MarkerSeverity.Info,
};

export function toMarker(
  model: Model,
  { severity, message, code, range }: Diagnostic,
): monaco.editor.IMarkerData {
  return {
    severity: severities[severity](),
    message,
    code,
    source: 'Bootlink',
    ...toRange(model, range ?? { start: 0, end: 0 }),
  };
}

function knowledge(): Knowledge {
  return { capabilities: capabilities.value, machine: machine.value ?? { format: 1 } };
}

const kinds = {
  option: () => monaco.languages.CompletionItemKind.Keyword,
  type: () => monaco.languages.CompletionItemKind.Class,
  property: () => monaco.languages.CompletionItemKind.Property,
  value: () => monaco.languages.CompletionItemKind.Value,
};

let registered = false;

/** Tells Monaco the language, once: thin adapters over `src/machine/language`. */
export function registerQemuLanguage(): void {
  if (registered) return;
  registered = true;
  const { languages } = monaco;
  languages.register({ id: QEMU_LANGUAGE });
  languages.setLanguageConfiguration(QEMU_LANGUAGE, {
    comments: { lineComment: '#' },
    autoClosingPairs: [
      { open: "'", close: "'" },
      { open: '"', close: '"' },
    ],
    surroundingPairs: [
      { open: "'", close: "'" },
      { open: '"', close: '"' },
    ],
    wordPattern: /[^\s,=\\'"]+/,
    onEnterRules: [
      {
        // A new line in a continued command is continued itself.
        beforeText: /\\\s*$/,
        action: { indentAction: languages.IndentAction.None, appendText: '  ' },
      },
    ],
  });
  languages.setMonarchTokensProvider(
    QEMU_LANGUAGE,
    commandLineTokens as unknown as monaco.languages.IMonarchLanguage,
  );
  languages.registerCompletionItemProvider(QEMU_LANGUAGE, {
    triggerCharacters: ['-', ' ', ',', '=', '.', ':'],
    provideCompletionItems: (model, position) => ({
      suggestions: complete(model.getValue(), model.getOffsetAt(position), knowledge()).map(
        (each, index) => ({
          label:
            each.detail === undefined ? each.name : { label: each.name, description: each.detail },
          kind: kinds[each.kind](),
          insertText: each.insert,
          range: toRange(model, each.range),
          sortText: String(index).padStart(5, '0'),
          ...(each.documentation === undefined
            ? {}
            : { documentation: { value: each.documentation } }),
          ...(each.more
            ? { command: { id: 'editor.action.triggerSuggest', title: 'Suggest what follows' } }
            : {}),
        }),
      ),
    }),
  });
  languages.registerHoverProvider(QEMU_LANGUAGE, {
    provideHover: (model, position) => {
      const found = hover(model.getValue(), model.getOffsetAt(position), knowledge());
      if (found === undefined) return null;
      return { range: toRange(model, found.range), contents: [{ value: found.text }] };
    },
  });
  languages.registerSignatureHelpProvider(QEMU_LANGUAGE, {
    signatureHelpTriggerCharacters: [' ', ',', '='],
    provideSignatureHelp: (model, position) => {
      const found = signature(model.getValue(), model.getOffsetAt(position), knowledge());
      if (found === undefined) return null;
      const value = {
        signatures: [
          {
            label: found.label,
            documentation: found.documentation,
            parameters: found.parameters.map((label) => ({ label })),
          },
        ],
        activeSignature: 0,
        activeParameter: found.active,
      };
      return { value, dispose: () => undefined };
    },
  });
  languages.registerFoldingRangeProvider(QEMU_LANGUAGE, {
    provideFoldingRanges: (model) =>
      folds(model.getValue()).map(({ start, end, kind }) => ({
        start: start + 1,
        end: end + 1,
        ...(kind === 'comment' ? { kind: languages.FoldingRangeKind.Comment } : {}),
      })),
  });
  languages.registerCodeActionProvider(QEMU_LANGUAGE, {
    provideCodeActions: (model, range) => {
      const { diagnostics } = check(model.getValue(), machine.value, capabilities.value);
      const actions = diagnostics.flatMap((each) => {
        if (each.fix === undefined) return [];
        const at = toRange(model, each.range);
        if (!monaco.Range.areIntersectingOrTouching(at, range)) return [];
        return [
          {
            title: each.fix.title,
            kind: 'quickfix',
            isPreferred: true,
            diagnostics: [toMarker(model, each)],
            edit: {
              edits: each.fix.edits.map((edit) => ({
                resource: model.uri,
                versionId: model.getVersionId(),
                textEdit: { range: toRange(model, edit.range), text: edit.text },
              })),
            },
          },
        ];
      });
      return { actions, dispose: () => undefined };
    },
  });
}
