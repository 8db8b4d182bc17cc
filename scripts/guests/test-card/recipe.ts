import { bareMetal } from '../bare-metal/piece';
import type { Recipe } from '../piece';

const image = bareMetal('test-card');

export const testCard: Recipe = {
  id: 'test-card',
  title: 'Test card on a display',
  summary: 'Bare metal finds a display on the PCI Express bus and paints a picture.',
  description: `C and assembly of our own, without firmware, driver or kernel. It reads the device
tree for the PCI Express bridge, looks through configuration space (ECAM) for QEMU's
**bochs-display** (vendor 1234, device 1111), gives its BARs addresses, sets a mode through the
VBE DISPI registers and paints into its memory.

Open **Display** to see the test card: colour bars, ramps of grey, a grid, a circle and a frame.
The serial port tells what was found where. Then the CPU waits in **WFI** until a key comes.`,
  tryThis: [
    { text: 'Open Display, then show the next card: there are four', type: ' ' },
    { text: 'Another resolution', type: 'r' },
    {
      text: 'In the monitor, info pci tells which addresses the BARs have got: compare them with the serial port.',
    },
    {
      text: 'On the geometry card the circles are round, whatever the size of the pane.',
    },
  ],
  args: [
    ...['-M', 'virt,gic-version=2', '-cpu', 'cortex-a57', '-m', '64M', '-smp', '1'],
    ...['-net', 'none', '-vga', 'none', '-device', 'bochs-display,romfile='],
    ...['-device', 'loader,file=image:test-card.elf,cpu-num=0', '-serial', 'chardev:uart0'],
  ],
  consoles: [{ id: 'uart0', role: 'guest', title: 'Serial port' }],
  pieces: [image],
  images: [{ name: 'test-card.elf', piece: image, file: 'test-card.elf', use: 'file' }],
  // RAM, the two flash banks, and 16 MiB of video memory (hw/display/bochs-display.c).
  addressSpaceMiB: 64 + 128 + 16,
  boot: [
    { console: 'uart0', expect: 'Card 1 of 4: COLOUR BARS' },
    { console: 'uart0', expect: 'key> ' },
  ],
  check: [
    { console: 'uart0', send: ' ' },
    { console: 'uart0', expect: 'Card 2 of 4: RAMPS' },
    { console: 'uart0', expect: 'key> ', send: 'r' },
    { console: 'uart0', expect: '1024 x 768 pixels of 32 bits' },
    { console: 'uart0', expect: 'Card 2 of 4: RAMPS' },
  ],
};
