/**
 * Queries among a console's output: Device Attributes, Device Status Report, DECRQM and colours
 * (ECMA-48, 8.3.24 and 8.3.35; xterm's ctlseqs), DECID.
 */
const QUERIES =
  // eslint-disable-next-line no-control-regex -- these are control sequences
  /\x1b\[[>=?]?[0-9;]*(?:c|n|\$p)|\x1bZ|\x1b\][0-9;]*\?(?:\x07|\x1b\\)/g;

/**
 * Recorded output as it can be shown again: without what asks the terminal something. The answer
 * would be typed into a machine that has not asked, or has been answered long ago.
 */
export function withoutQueries(output: Uint8Array): Uint8Array {
  // One character a byte, so that bytes that are no UTF-8 stay as they are.
  let text = '';
  for (let at = 0; at < output.length; at += 8192) {
    text += String.fromCharCode(...output.subarray(at, at + 8192));
  }
  const kept = text.replace(QUERIES, '');
  return Uint8Array.from(kept, (character) => character.charCodeAt(0));
}
