/**
 * How a guest's steps are matched against what its console printed. The page's tests, the
 * bench and the native check have to agree on it.
 */

/**
 * Console output as a person would read it: escape sequences (ECMA-48 CSI, OSC and two-byte
 * ones), carriage returns and other control characters but line feed and tab taken out.
 */
export function withoutControls(text: string): string {
  return (
    text
      // eslint-disable-next-line no-control-regex -- they are what is taken out
      .replace(/\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])/g, '')
      // eslint-disable-next-line no-control-regex -- they are what is taken out
      .replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '')
  );
}

/**
 * A search for `expect`: a literal, or a regular expression when it starts and ends with `/`.
 * Gives the offset after the first match at or after `from`, or undefined.
 */
export function stepMatcher(expect: string): (text: string, from: number) => number | undefined {
  const pattern = /^\/(.+)\/$/s.exec(expect)?.[1];
  if (pattern === undefined) {
    return (text, from) => {
      const at = text.indexOf(expect, from);
      return at < 0 ? undefined : at + expect.length;
    };
  }
  const regex = new RegExp(pattern, 'g');
  return (text, from) => {
    regex.lastIndex = from;
    const match = regex.exec(text);
    return match === null ? undefined : match.index + match[0].length;
  };
}
