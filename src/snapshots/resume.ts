/**
 * What is typed into a machine that goes on from a snapshot. A snapshot that many visitors open
 * would give all of them the same random numbers and the time of its making; the shell that
 * waits in it takes both anew.
 *
 * `{random}` stands for 256 bits in hex, `{time}` for seconds since 1970 (UTC).
 */
export function resumeText(send: string, random: Uint8Array, milliseconds: number): string {
  const hex = Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return send
    .replaceAll('{random}', hex)
    .replaceAll('{time}', Math.floor(milliseconds / 1000).toString());
}
