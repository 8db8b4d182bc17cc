/** What the page and the command line use of this folder. See README.md. */
export { openArchive, type OpenedArchive, type OpenOptions } from './archive/open';
export { FileTree, fileOf, type FileNode, type TreeNode } from './archive/tree';
export {
  buildInitrd,
  type BuildProgress,
  type InitrdOptions,
  type InitrdResult,
  type ListedFile,
} from './build';
export { loadGzip } from './compression';
export { InitrdError, ParseError } from './errors';
export { initScript, type InitOptions } from './init';
export { listingText } from './listing';
export { kernelReleases } from './modules';
export type { Missing } from './selection';
