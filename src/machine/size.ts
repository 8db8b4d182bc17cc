const units: Record<string, number> = {
  b: 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  p: 2 ** 50,
  e: 2 ** 60,
};

/**
 * A size as QEMU reads it (`qemu_strtosz`, util/cutils.c), in bytes.
 * @param defaultUnit of a number without one: MiB for `-m`, bytes elsewhere.
 */
export function sizeInBytes(text: string, defaultUnit: 'b' | 'm' = 'b'): number | undefined {
  const match = /^(?:(0x[0-9A-Fa-f]+)|([0-9]+(?:\.[0-9]+)?))([bkmgtpeBKMGTPE]?)$/.exec(text);
  if (match === null) return undefined;
  const [, hex, decimal, unit] = match;
  const number = Number(hex ?? decimal);
  return Math.floor(
    number * (units[(unit === '' ? defaultUnit : (unit ?? '')).toLowerCase()] ?? 1),
  );
}

const MiB = 2 ** 20;

/** Bytes for people: `512 MiB`, `1.5 GiB`. */
export function showSize(bytes: number): string {
  if (bytes < 1024) return `${String(bytes)} bytes`;
  const steps: [number, string][] = [
    [2 ** 30, 'GiB'],
    [MiB, 'MiB'],
    [1024, 'KiB'],
  ];
  const [unit, name] = steps.find(([size]) => bytes >= size) ?? [1, 'bytes'];
  return `${String(Number((bytes / unit).toFixed(2)))} ${name}`;
}
