import * as v from 'valibot';

/**
 * The catalogue of built-in guests: what set-up writes to `public/guests/index.json` and
 * the page, the tests and the bench read. One entry is everything needed to run a guest:
 * QEMU's arguments, the images they name, the consoles, and what to expect on them.
 */

const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hex'));
const identifier = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and dashes'),
);
const bytes = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/**
 * Bytes that a guest needs. Arguments refer to it as `image:NAME`; the engine replaces that
 * by the file's path (`use: 'file'`: read once by QEMU at start-up, such as a kernel) or by
 * `bootlink:NAME` (`use: 'disk'`: a block device behind Bootlink's block driver).
 */
export const GuestImage = v.object({
  name: v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]+$/)),
  use: v.picklist(['file', 'disk']),
  /** Relative to index.json; its name holds the content's hash, so it may be cached for ever. */
  url: v.string(),
  /** Of the decoded wire bytes, that is of the extents' bytes one after the other. */
  sha256,
  /** Size the guest sees, in bytes. */
  size: bytes,
  /** Bytes that travel. */
  wireBytes: bytes,
  encoding: v.picklist(['identity', 'gzip']),
  /** [offset, length] of each run that is not zero; left out when the whole image travels. */
  extents: v.optional(v.array(v.tuple([bytes, bytes]))),
  readOnly: v.optional(v.boolean(), false),
});

/** A console: `id` is the chardev's id, which the arguments name (`-serial chardev:ID`). */
export const GuestConsole = v.object({
  id: identifier,
  role: v.picklist(['firmware', 'secure', 'host', 'realm', 'guest']),
  title: v.string(),
  /** Several front ends share it (QEMU's `mux=on`). */
  mux: v.optional(v.boolean()),
});

/**
 * A step of the guest's own check: wait until `expect` stands on the console (a literal, or a
 * JavaScript regular expression when it starts and ends with `/`), then type `send`.
 */
export const GuestStep = v.object({
  console: identifier,
  expect: v.optional(v.string()),
  send: v.optional(v.string()),
});

/** A Debian package that some of the guest's bytes come from. */
export const PackageOrigin = v.object({
  package: v.string(),
  version: v.string(),
  kind: v.picklist(['binary', 'source']),
  /** SHA-256 of each file taken, by file name. */
  files: v.record(v.string(), sha256),
  licence: v.string(),
});

/** The guest at its prompt, to open it from there: see `src/snapshots`. */
export const GuestSnapshot = v.object({
  /** Relative to index.json, named by its content. */
  url: v.string(),
  /** Of the snapshot before compression. */
  sha256,
  /** Bytes before compression. */
  size: bytes,
  /** Bytes that travel. */
  wireBytes: bytes,
  encoding: v.picklist(['identity', 'gzip']),
  /** SHA-256 of the engine's wasm that it was made with: no other can open it. */
  engine: sha256,
});

export const Guest = v.object({
  id: identifier,
  title: v.string(),
  /** One sentence: what it shows. */
  summary: v.string(),
  /** What the visitor sees, and what to try: Markdown. */
  description: v.string(),
  tryThis: v.array(v.object({ text: v.string(), type: v.optional(v.string()) })),
  /** QEMU's arguments after the program name, without chardevs, monitor and display. */
  args: v.array(v.string()),
  consoles: v.array(GuestConsole),
  images: v.array(GuestImage),
  /** MiB of guest-visible memory of every kind (RAM, flash, secure RAM): for the memory plan. */
  addressSpaceMiB: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** The steps up to the prompt: the guest has booted when the last one is met. */
  boot: v.array(GuestStep),
  /** Steps after boot that show it is alive: typing works, the demonstration works. */
  check: v.array(GuestStep),
  /** True for a guest that ends by itself (bare metal); its QEMU then exits with this code. */
  exits: v.optional(v.pipe(v.number(), v.integer())),
  /** Not for the gallery: the tests and the bench run it. */
  instrument: v.optional(v.boolean()),
  packages: v.array(PackageOrigin),
  /** Left out by guests whose recipe has none, and until set-up has made it. */
  snapshot: v.optional(GuestSnapshot),
});

/** State of one guest while set-up is still running. */
export const GuestEntry = v.variant('state', [
  v.object({ state: v.literal('ready'), guest: Guest }),
  v.object({
    state: v.picklist(['waiting', 'building', 'failed']),
    id: identifier,
    title: v.string(),
    summary: v.string(),
    /** What went wrong, when it failed. */
    error: v.optional(v.string()),
  }),
]);

export const Catalogue = v.object({
  /** True once set-up has ended: nothing more will come. */
  complete: v.boolean(),
  guests: v.array(GuestEntry),
});

export type GuestImage = v.InferOutput<typeof GuestImage>;
export type GuestConsole = v.InferOutput<typeof GuestConsole>;
export type GuestStep = v.InferOutput<typeof GuestStep>;
export type PackageOrigin = v.InferOutput<typeof PackageOrigin>;
export type GuestSnapshot = v.InferOutput<typeof GuestSnapshot>;
export type Guest = v.InferOutput<typeof Guest>;
export type GuestEntry = v.InferOutput<typeof GuestEntry>;
export type Catalogue = v.InferOutput<typeof Catalogue>;

/** How `image:NAME` reads for somebody who runs the arguments. */
export type ImageReference = (image: GuestImage) => string;

/**
 * The guest's arguments with every `image:NAME` replaced.
 *
 * @throws Error naming the guest and the image when an argument names an image it has not.
 */
export function resolveImages(guest: Guest, refer: ImageReference): string[] {
  const byName = new Map(guest.images.map((image) => [image.name, image]));
  return guest.args.map((argument) =>
    argument.replace(/\bimage:([A-Za-z0-9._-]+)/g, (_, name: string) => {
      const image = byName.get(name);
      if (image === undefined) {
        throw new Error(`Guest ${guest.id}: argument "${argument}" names no image of the guest.`);
      }
      return refer(image);
    }),
  );
}
