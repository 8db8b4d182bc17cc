/** What goes into the image and why: paths of the file tree with who asked for each. */
import { type FileTree, parentOf } from './archive/tree';

/** Something that was needed and is not there. */
export interface Missing {
  kind: 'busybox' | 'applet' | 'program' | 'library' | 'loader' | 'module' | 'file' | 'interpreter';
  /** What is missing, as it was asked for: a name or a path. */
  what: string;
  /** Who needs it: a path in the image, or the option that asked. */
  neededBy: string[];
  /** What to do, one sentence. */
  advice: string;
}

export class Selection {
  /** Real path in the tree → the reasons it is in the image, in order of arrival. */
  readonly reasons = new Map<string, string[]>();
  readonly missing: Missing[] = [];
  /** Sentences worth showing that stop nothing. */
  readonly notes: string[] = [];

  constructor(readonly tree: FileTree) {}

  /** Takes a path that is in the tree, with the links passed on the way to it. */
  take(found: { path: string; links: readonly string[] }, reason: string): void {
    for (const link of found.links) this.because(link, reason);
    this.because(found.path, reason);
  }

  /** True when the path is new. */
  because(path: string, reason: string): boolean {
    const reasons = this.reasons.get(path);
    if (reasons === undefined) this.reasons.set(path, [reason]);
    else if (!reasons.includes(reason)) reasons.push(reason);
    return reasons === undefined;
  }

  lack(missing: Omit<Missing, 'neededBy'> & { neededBy: string }): void {
    const same = this.missing.find((m) => m.kind === missing.kind && m.what === missing.what);
    if (same === undefined) this.missing.push({ ...missing, neededBy: [missing.neededBy] });
    else if (!same.neededBy.includes(missing.neededBy)) same.neededBy.push(missing.neededBy);
  }

  note(sentence: string): void {
    if (!this.notes.includes(sentence)) this.notes.push(sentence);
  }

  /** All directories that the selected paths lie in. */
  directories(): Set<string> {
    const all = new Set<string>();
    for (const path of this.reasons.keys()) {
      for (let at = parentOf(path); at !== '/' && !all.has(at); at = parentOf(at)) all.add(at);
    }
    return all;
  }
}
