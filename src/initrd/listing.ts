/** The listing of an image as text, for the command line and for copying out of the page. */
import type { InitrdResult, ListedFile } from './build';

/** File type letters of ls(1). */
const LETTER: Record<ListedFile['kind'], string> = {
  file: '-',
  directory: 'd',
  symlink: 'l',
  character: 'c',
  block: 'b',
  fifo: 'p',
  socket: 's',
};

/** Permissions as ls writes them, set-ID and sticky bits included. */
export function modeText(kind: ListedFile['kind'], mode: number): string {
  const letters = [0o400, 0o200, 0o100, 0o40, 0o20, 0o10, 4, 2, 1].map((bit, i) =>
    (mode & bit) === 0 ? '-' : 'rwx'.charAt(i % 3),
  );
  const special: readonly (readonly [number, number, string])[] = [
    [0o4000, 2, 's'],
    [0o2000, 5, 's'],
    [0o1000, 8, 't'],
  ];
  for (const [bit, at, letter] of special) {
    if ((mode & bit) !== 0) letters[at] = letters[at] === 'x' ? letter : letter.toUpperCase();
  }
  return LETTER[kind] + letters.join('');
}

/** One line a file: permissions, size in bytes, path, reasons. Applet links are counted, not listed. */
export function listingText(result: Pick<InitrdResult, 'listing'>): string {
  const applets = result.listing.filter((file) => isAppletLink(file));
  const shown = result.listing.filter((file) => !isAppletLink(file));
  const width = Math.max(...shown.map((file) => String(file.size).length), 1);
  const lines = shown.map((file) => {
    const target = file.target === undefined ? '' : ` -> ${file.target}`;
    const size = String(file.size).padStart(width);
    return `${modeText(file.kind, file.mode)} ${size} ${file.path}${target}  (${file.reasons.join('; ')})`;
  });
  if (applets.length > 0)
    lines.push(`and ${String(applets.length)} links to busybox, one for each applet`);
  return `${lines.join('\n')}\n`;
}

function isAppletLink(file: ListedFile): boolean {
  return file.kind === 'symlink' && file.target === 'busybox' && file.origin === '';
}
