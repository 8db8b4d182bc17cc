/**
 * Shell patterns as module aliases use them: `*`, `?` and `[a-z]` (fnmatch(3) without flags).
 * Linear in the pattern for each character of the text, whatever the pattern: it comes from a file.
 */
export function globMatches(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    const next = p < pattern.length ? matchOne(pattern, p, text.charAt(t)) : undefined;
    if (pattern[p] === '*') {
      star = p++;
      resume = t;
    } else if (next !== undefined) {
      p = next;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++resume;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** Where the pattern goes on when its element at `p` takes `char`; undefined when it does not. */
function matchOne(pattern: string, p: number, char: string): number | undefined {
  const c = pattern[p];
  if (c === '?') return p + 1;
  if (c === '[') {
    const end = pattern.indexOf(']', p + 2);
    if (end > 0) {
      const set = pattern.slice(p + 1, end);
      const negated = set.startsWith('!') || set.startsWith('^');
      return inSet(negated ? set.slice(1) : set, char) !== negated ? end + 1 : undefined;
    }
  }
  return c === char ? p + 1 : undefined;
}

function inSet(set: string, char: string): boolean {
  for (let i = 0; i < set.length; i++) {
    if (set[i + 1] === '-' && i + 2 < set.length) {
      if (char >= set.charAt(i) && char <= set.charAt(i + 2)) return true;
      i += 2;
    } else if (set[i] === char) return true;
  }
  return false;
}
