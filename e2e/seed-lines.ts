import { seeds } from '../src/machine/seeds.fixture.js';

/** What a line leaves out, being a piece of a longer one, and sizes that a tab can have. */
const completed: Record<string, (line: string) => string> = {
  'a second disk': (line) => `-M sbsa-ref -m 256M ${line}`,
  'a virtual FAT drive': (line) => `-M sbsa-ref -m 256M ${line}`,
  'a mouse': (line) => `-M virt -device qemu-xhci ${line}`,
  'NVMe behind a root port': (line) => `-M virt ${line}`,
  NUMA: (line) =>
    `-M virt ${line.replaceAll('4G', '512M').replaceAll('5G', '640M').replaceAll('1G', '128M').replaceAll('3G', '384M')}`,
  'a PCIe switch with a PCI bridge': (line) => `-M virt ${line}`,
  'a firmware configuration item': (line) => `-M virt ${line}`,
  'NVMe over TCP, host': (line) => line.replace('8G', '256M'),
  'NVMe over TCP, target': (line) => `-M virt ${line}`,
  'device tracing': (line) => `-M virt ${line}`,
  'zoned NVMe': (line) =>
    `-M virt -device nvme,id=n,serial=1 -drive file=z.img,id=z,if=none,format=raw ${line},drive=z,bus=n`,
  'user networking': (line) => `-M virt ${line}`,
  'sbsa-ref with flash and a CD': (line) => `${line} -m 256M`,
  'semihosting from EL0': (line) => `-M virt ${line}`,
};

/** Lines that ask for what the engine has not, and the names that have to be reported. */
export const refusedSeeds: Record<string, string[]> = {
  'a Realm guest': ['rme-guest'],
};

export const seedNames = Object.keys(seeds);

/** A line of the seeds as a whole machine. */
export const seedLine = (name: string): string =>
  (completed[name] ?? ((text) => text))(seeds[name] ?? '');

/** The image of the zoned drive, whose zones are of 128 MiB. */
export const ZONED_IMAGE = 'z.img';
export const ZONED_BYTES = 128 * 2 ** 20;
