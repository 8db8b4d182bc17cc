/** Names a Debian package: a source, or a binary for an architecture (or `all`). */
export type PackageId =
  | {
      kind: 'source';
      name: string;
      /** Upstream's files are used as they are, so Debian's part may be missing on a mirror. */
      upstreamOnly?: boolean;
    }
  | {
      kind: 'binary';
      name: string;
      arch: string;
      /** Not this package is meant but the one it stands for: the first that it depends on. */
      follow?: boolean;
    };

/** What was fetched: its version and the SHA-256 of each file. */
export type PackageRecord = PackageId & { version: string; files: Record<string, string> };

export interface Pin {
  version: string;
  files: Record<string, string>;
}

/** What the project was last tried with, by `packageKey`: the content of versions.json. */
export type Pins = Record<string, Pin>;

export function packageKey(id: PackageId): string {
  return id.kind === 'source' ? `src:${id.name}` : `${id.name}:${id.arch}`;
}

export type PinVerdict =
  | { state: 'same' }
  /** Another version, or a package that has no pin: used, with a warning. */
  | { state: 'other'; reason: string }
  /** The same version with other bytes. */
  | { state: 'refused'; reason: string };

/** Compares what was fetched with what is expected. */
export function comparePin(pins: Pins, record: PackageRecord): PinVerdict {
  const key = packageKey(record);
  const pin = pins[key];
  if (pin === undefined) {
    return { state: 'other', reason: `${key} ${record.version} has no entry in versions.json.` };
  }
  if (pin.version !== record.version) {
    return {
      state: 'other',
      reason: `${key} is ${record.version} today; Bootlink was last tried with ${pin.version}.`,
    };
  }
  for (const [file, sha256] of Object.entries(record.files)) {
    const expected = pin.files[file];
    if (expected !== undefined && expected !== sha256) {
      return {
        state: 'refused',
        reason:
          `${file} of ${key} ${record.version} has SHA-256 ${sha256}, but versions.json says ` +
          `${expected}: the same version must have the same bytes. If Debian really replaced ` +
          `it, run \`npx tsx scripts/setup/pin.ts\`.`,
      };
    }
  }
  return { state: 'same' };
}
