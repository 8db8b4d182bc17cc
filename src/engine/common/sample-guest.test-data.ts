import type { Guest, GuestImage } from '../../machine/guest.js';

/** A guest for unit tests, with whatever a test is about put in its place. */
export function sampleGuest(changes: Partial<Guest> = {}): Guest {
  return {
    id: 'sample',
    title: 'Sample',
    summary: 'A guest of the tests.',
    description: '',
    tryThis: [],
    args: ['-M', 'virt', '-serial', 'chardev:host'],
    consoles: [{ id: 'host', role: 'host', title: 'Host' }],
    images: [],
    addressSpaceMiB: 128,
    boot: [],
    check: [],
    packages: [],
    ...changes,
  };
}

export function sampleImage(changes: Partial<GuestImage> = {}): GuestImage {
  return {
    name: 'Image',
    use: 'file',
    url: 'Image.bin',
    sha256: '0'.repeat(64),
    size: 0,
    wireBytes: 0,
    encoding: 'identity',
    readOnly: false,
    ...changes,
  };
}
