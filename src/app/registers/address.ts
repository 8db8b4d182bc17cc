/** An address as it is written: 0x… or digits of hex. Undefined for anything else. */
export function parseAddress(text: string): bigint | undefined {
  const match = /^\s*(?:0x)?([0-9a-f_]{1,20})\s*$/i.exec(text);
  const digits = match?.[1]?.replaceAll('_', '') ?? '';
  if (digits === '' || digits.length > 16) return undefined;
  return BigInt(`0x${digits}`);
}
