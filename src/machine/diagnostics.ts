/** Half-open range of UTF-16 offsets in the text that was read. */
export interface SourceRange {
  start: number;
  end: number;
}

export interface TextEdit {
  range: SourceRange;
  text: string;
}

/** A change that answers a diagnostic: the editor offers it as a quick fix. */
export interface Fix {
  title: string;
  edits: TextEdit[];
}

/** Where in a machine: `['devices', 2, 'bus']`. */
export type MachinePath = readonly (string | number)[];

export type Severity = 'error' | 'warning' | 'info';

/**
 * What there is to say about a machine or about the text it came from. `message` is a whole
 * sentence or two: what is wrong, on which input, what to do.
 */
export interface Diagnostic {
  severity: Severity;
  /** Stable name of the kind of diagnostic, for tests and filters. */
  code: string;
  message: string;
  /** In the text, when the machine came from a text. */
  range?: SourceRange;
  /** In the machine, when it is about a part of it. */
  path?: MachinePath;
  fix?: Fix;
}

/** Which text a part of a machine was read from. */
export interface Origin {
  path: MachinePath;
  range: SourceRange;
}

function startsWith(path: MachinePath, prefix: MachinePath): boolean {
  return prefix.length <= path.length && prefix.every((part, i) => part === path[i]);
}

/** Gives a diagnostic that names a part of the machine the range which that part came from. */
export function locate(diagnostic: Diagnostic, origins: readonly Origin[]): Diagnostic {
  const { path } = diagnostic;
  if (diagnostic.range !== undefined || path === undefined) return diagnostic;
  let best: Origin | undefined;
  for (const origin of origins) {
    if (startsWith(path, origin.path) && (best?.path.length ?? -1) < origin.path.length) {
      best = origin;
    }
  }
  return best === undefined ? diagnostic : { ...diagnostic, range: best.range };
}

/** True when nothing says that the machine cannot be used as it is. */
export function isClean(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.every((diagnostic) => diagnostic.severity !== 'error');
}
