/**
 * The expectations of a guest's steps (`GuestStep.expect`): a literal, or a JavaScript regular
 * expression written between slashes. The page, its tests, the native check and the bench all
 * match by this, on the plain text of a console's log (`engine/common/plain-text.ts`), each
 * step from where the last match on that console ended.
 */

/** The expression that finds an expectation. @throws SyntaxError when it is not one. */
export function expectation(expect: string): RegExp {
  const pattern = /^\/(.+)\/$/s.exec(expect)?.[1];
  return new RegExp(pattern ?? expect.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
}

/** Where the first match of an expectation ends in a text, or undefined. */
export function endOfMatch(expect: string, text: string): number | undefined {
  const match = expectation(expect).exec(text);
  return match === null ? undefined : match.index + match[0].length;
}
