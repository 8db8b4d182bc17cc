/** Lines (counted from 0) that belong to one command because each ends in `\`. */
export interface Fold {
  start: number;
  end: number;
  kind: 'command' | 'comment';
}

/** What can be folded: continued lines, and runs of comment lines. */
export function folds(source: string): Fold[] {
  const lines = source.split('\n');
  const found: Fold[] = [];
  const run = (from: number, isPart: (line: string) => boolean, last: number): number => {
    let at = from;
    while (at < lines.length && isPart(lines[at] ?? '')) at++;
    return Math.min(at - 1 + last, lines.length - 1);
  };
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const isComment = /^\s*#/.test(line);
    const end = isComment
      ? run(at, (each) => /^\s*#/.test(each), 0)
      : run(at, (each) => /\\\s*$/.test(each), 1);
    if (end > at) found.push({ start: at, end, kind: isComment ? 'comment' : 'command' });
    if (end > at) at = end;
  }
  return found;
}
