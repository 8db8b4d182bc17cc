/** What the page and its service worker say to each other. */

/** A file of the page: where it lies beside the page, and the SHA-256 (hex) of its bytes. */
export type PageFile = readonly [path: string, sha256: string];

/** What the build writes into the service worker. */
export interface PageBuild {
  /** Changes with any file of the page. */
  id: string;
  /** What the page starts with, `index.html` among it. */
  first: readonly PageFile[];
  /** What is fetched when it is asked for: editors, the other languages of those. */
  later: readonly PageFile[];
}

export type ToServiceWorker =
  /** Keep what a visit without a network needs; these are what the page has used beside its own files. */
  | { kind: 'keep'; urls: string[] }
  /** Take over from the build of before. */
  | { kind: 'take-over' };

/** The answer to `keep`: names of what could not be kept. */
export interface Kept {
  missing: string[];
}
