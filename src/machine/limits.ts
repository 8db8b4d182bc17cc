/**
 * What one tab can hold. The engine is a wasm32 binary (lowered from 64-bit pointers) whose
 * memory is fixed at start-up: 3.5 GiB work, 4 GiB do not.
 */
export const limits = {
  /** All memory a guest can see: RAM, flash and secure RAM together. */
  addressSpaceMiB: 3584,
  /** One thread each, on the visitor's cores; beyond this they only wait for each other. */
  vcpus: 16,
} as const;

/** What a link or a file from elsewhere may hold before it is even looked at. */
export const linkLimits = {
  /** Characters of the fragment: some browsers and chat programs cut longer addresses. */
  characters: 32 * 1024,
  /** Bytes of JSON after inflating. */
  inflatedBytes: 256 * 1024,
  /** Inflated over deflated: text that describes a machine stays far below. */
  inflationRatio: 60,
  /** Below this many inflated bytes the ratio does not matter. */
  ratioFreeBytes: 16 * 1024,
  /** Levels of nested objects and lists. */
  depth: 24,
  /** Steps of the input script, and characters it types and waits for in all. */
  scriptSteps: 200,
  scriptCharacters: 16 * 1024,
  /** Bytes of a `.bootlink.json` file. */
  fileBytes: 1024 * 1024,
} as const;
