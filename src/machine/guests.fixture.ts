import * as v from 'valibot';
import { Guest } from './guest';

function hash(digit: string): string {
  return digit.repeat(64);
}

/** Two entries as the catalogue has them, with what real ones have in size. */
export const guests: Guest[] = [
  {
    id: 'rme',
    title: 'Realm Management Extension',
    summary: 'TF-A with RME, its test payload in Realm EL2, Linux as host at EL2.',
    description: 'A machine with four worlds.\n\nSee the granule protection checks at work.',
    tryThis: [{ text: 'Delegate a granule', type: 'smc c4000151 80000000' }],
    args: [
      ...['-M', 'virt,virtualization=on,secure=on,gic-version=3', '-cpu', 'max,x-rme=on'],
      ...['-m', '640M', '-bios', 'image:qemu_fw.bios', '-kernel', 'image:Image'],
      ...['-initrd', 'image:initrd.cpio.gz', '-append', 'console=ttyAMA0 quiet'],
      ...['-serial', 'chardev:firmware', '-serial', 'chardev:secure'],
      ...['-device', 'virtio-serial-pci', '-device', 'virtconsole,chardev=host'],
    ],
    consoles: [
      { id: 'firmware', role: 'firmware', title: 'Firmware' },
      { id: 'secure', role: 'secure', title: 'Secure monitor' },
      { id: 'host', role: 'host', title: 'Host' },
    ],
    images: ['qemu_fw.bios', 'Image', 'initrd.cpio.gz'].map((name, i) => ({
      name,
      use: 'file',
      url: `${name}.${hash(String(i)).slice(0, 8)}`,
      sha256: hash(String(i)),
      size: 1000 + i,
      wireBytes: 500 + i,
      encoding: 'gzip',
      readOnly: false,
    })),
    addressSpaceMiB: 784,
    boot: [{ console: 'firmware', expect: '=>' }],
    check: [],
    packages: [],
  },
  {
    id: 'sbsa-ref',
    title: 'SBSA reference board',
    summary: 'TF-A and U-Boot on sbsa-ref.',
    description: 'A server board.',
    tryThis: [],
    args: [
      ...['-M', 'sbsa-ref', '-m', '256M', '-smp', '1', '-vga', 'none', '-net', 'none'],
      ...['-bios', 'image:f0s.bin', '-serial', 'chardev:firmware'],
      ...['-device', 'loader,file=image:u-boot.bin,addr=0x10000000,force-raw=on'],
      ...['-drive', 'file=image:disk.img,format=raw,if=none,id=d0'],
      ...['-device', 'ide-hd,bus=ide.0,drive=d0'],
    ],
    consoles: [{ id: 'firmware', role: 'firmware', title: 'Firmware' }],
    images: [
      ...(['f0s.bin', 'u-boot.bin'] as const).map((name) => ({
        name,
        use: 'file' as const,
        url: name,
        sha256: hash('a'),
        size: 70_000,
        wireBytes: 70_000,
        encoding: 'identity' as const,
        readOnly: false,
      })),
      {
        name: 'disk.img',
        use: 'disk',
        url: 'disk',
        sha256: hash('b'),
        size: 2 ** 26,
        wireBytes: 2 ** 20,
        encoding: 'gzip',
        extents: [[0, 2 ** 20]],
        readOnly: false,
      },
    ],
    addressSpaceMiB: 1280,
    boot: [{ console: 'firmware', expect: '=>' }],
    check: [],
    packages: [],
  },
].map((guest) => v.parse(Guest, guest));

export function findGuest(id: string): Guest | undefined {
  return guests.find((guest) => guest.id === id);
}
