import type { Property } from '../capabilities';

/** What an option is for, and the form of its argument: for completion, hover and signatures. */
export interface OptionDoc {
  summary: string;
  /** Parameters of the argument in the order people write them; the last may repeat. */
  form?: readonly string[];
  /** Keys that no device or board lists: those of the option itself. */
  keys?: readonly Property[];
}

function key(name: string, description: string, values?: string[]): Property {
  return {
    name,
    type: values === undefined ? 'str' : 'enum',
    description,
    ...(values === undefined ? {} : { values }),
  };
}
const onOff = ['on', 'off'];
const id = key('id', 'Name that other options refer to it by.');
const count = (name: string, description: string): Property => ({
  name,
  type: 'uint32',
  description,
});

const driveKeys = [
  key('file', 'The image: image:NAME, or a path that becomes a slot to fill.'),
  key('if', 'Where it is plugged in; none leaves that to a -device.', [
    ...['none', 'pflash', 'virtio', 'ide', 'scsi', 'sd', 'mtd', 'floppy'],
  ]),
  key('format', 'Format of the image.', ['raw', 'qcow2', 'vmdk', 'vdi', 'vpc']),
  id,
  key('media', 'Disk or CD-ROM.', ['disk', 'cdrom']),
  key('readonly', 'Refuses the guest’s writes.', onOff),
  key('snapshot', 'Keeps the guest’s writes apart; they are gone when QEMU ends.', onOff),
  count('index', 'Position on its bus; for pflash 0 is code and 1 is variables.'),
  count('unit', 'Position of a flash image: 0 code, 1 variables.'),
  key('cache', 'How writes are cached.', [
    ...['writeback', 'none', 'writethrough', 'directsync', 'unsafe'],
  ]),
  key('discard', 'Whether discarded blocks are freed.', ['ignore', 'unmap']),
];

const netKeys = [
  id,
  key('hostfwd', 'A port of the host to forward; the tab has no ports, so it is left out.'),
  key('net', 'Network the guest sees, such as 10.0.2.0/24.'),
  key('ipv6', 'Whether there is IPv6.', onOff),
  key('restrict', 'Keeps the guest away from everything outside.', onOff),
];

const smpKeys = [
  count('cpus', 'vCPUs at the start.'),
  count('sockets', 'Sockets.'),
  count('clusters', 'Clusters in a socket.'),
  count('cores', 'Cores in a cluster.'),
  count('threads', 'Threads in a core.'),
  count('maxcpus', 'Room for vCPUs plugged in later.'),
];

/** By option name, without its dash; aliases name the same. */
const docs: Record<string, OptionDoc> = {
  machine: {
    summary: 'The board and its options. QEMU for Arm has no default board.',
    form: ['BOARD', 'OPTION=VALUE…'],
  },
  cpu: { summary: 'The CPU model and its features.', form: ['MODEL', 'FEATURE=on|off…'] },
  accel: {
    summary: 'How guest code runs. A tab has the translator (tcg) only.',
    form: ['ACCELERATOR', 'OPTION=VALUE…'],
    keys: [
      key('thread', 'One thread for each vCPU, or one for all.', ['multi', 'single']),
      key('one-insn-per-tb', 'Translates one instruction at a time.', onOff),
    ],
  },
  smp: {
    summary: 'vCPUs and how they are grouped.',
    form: ['CPUS', 'sockets|clusters|cores|threads|maxcpus=N…'],
    keys: smpKeys,
  },
  m: {
    summary: 'Memory of the guest; a number without a unit is in MiB.',
    form: ['SIZE', 'slots=N', 'maxmem=SIZE'],
    keys: [
      key('size', 'Memory at the start, such as 512M or 2G.'),
      count('slots', 'Slots for memory plugged in later.'),
      key('maxmem', 'Memory with all slots filled.'),
    ],
  },
  object: {
    summary: 'An object that others refer to, such as a memory backend or an I/O thread.',
    form: ['TYPE', 'id=ID', 'PROPERTY=VALUE…'],
    keys: [id],
  },
  numa: {
    summary: 'A NUMA node, a distance between two, or the node of a CPU.',
    form: ['node|dist|cpu', 'KEY=VALUE…'],
    keys: [
      count('nodeid', 'Number of the node.'),
      key('cpus', 'CPUs of the node, such as 0-1.'),
      key('memdev', 'Id of the memory backend of the node.'),
      count('src', 'Distance: from this node.'),
      count('dst', 'Distance: to this node.'),
      count('val', 'Distance: 10 is local.'),
      count('node-id', 'CPU: its node.'),
      count('socket-id', 'CPU: its socket.'),
      count('cluster-id', 'CPU: its cluster.'),
      count('core-id', 'CPU: its core.'),
      count('thread-id', 'CPU: its thread.'),
    ],
  },
  bios: { summary: 'Firmware, put where the board starts.', form: ['IMAGE'] },
  pflash: { summary: 'A flash image; the first is code, the second variables.', form: ['IMAGE'] },
  kernel: { summary: 'A kernel that QEMU loads and starts itself.', form: ['IMAGE'] },
  initrd: { summary: 'The initial RAM disk for -kernel.', form: ['IMAGE'] },
  append: { summary: 'The kernel’s command line.', form: ['TEXT'] },
  dtb: { summary: 'A device tree in place of the board’s own.', form: ['IMAGE'] },
  blockdev: {
    summary: 'A node of the block graph; devices and the board’s pflash0, pflash1 name it.',
    form: ['driver=DRIVER', 'node-name=NAME', 'filename=IMAGE', 'OPTION=VALUE…'],
    keys: [
      key('node-name', 'Name that devices refer to it by.'),
      key('filename', 'The image, for the driver "file".'),
      key('file', 'The node below, for a format such as qcow2.'),
      key('read-only', 'Refuses the guest’s writes.', onOff),
      key('discard', 'Whether discarded blocks are freed.', ['ignore', 'unmap']),
    ],
  },
  drive: {
    summary: 'A disk, CD-ROM or flash image, with or without its place in the machine.',
    form: ['file=IMAGE', 'if=BUS', 'format=FORMAT', 'id=ID', 'OPTION=VALUE…'],
    keys: driveKeys,
  },
  hda: { summary: 'The first disk of the board’s disk controller.', form: ['IMAGE'] },
  hdb: { summary: 'The second disk.', form: ['IMAGE'] },
  hdc: { summary: 'The third disk.', form: ['IMAGE'] },
  hdd: { summary: 'The fourth disk.', form: ['IMAGE'] },
  cdrom: { summary: 'A CD-ROM image.', form: ['IMAGE'] },
  chardev: {
    summary: 'A character back end. The page’s own consoles need none.',
    form: ['BACKEND', 'id=ID', 'OPTION=VALUE…'],
    keys: [id, key('mux', 'Lets several front ends share it.', onOff)],
  },
  serial: {
    summary: 'What is at the next serial port; stdio and its like become a console of the page.',
    form: ['stdio|chardev:ID|null|none'],
  },
  monitor: {
    summary: 'Where QEMU’s monitor is; the page has one in any case.',
    form: ['stdio|none'],
  },
  netdev: {
    summary: 'A network back end for a network device.',
    form: ['user', 'id=ID', 'OPTION=VALUE…'],
    keys: netKeys,
  },
  nic: {
    summary: 'A network device and its back end in one.',
    form: ['user', 'model=DEVICE'],
    keys: netKeys,
  },
  net: { summary: 'The older way to say -nic; none for no network.', form: ['none|user|nic'] },
  vga: { summary: 'The kind of graphics card.', form: ['std|virtio|none'] },
  display: { summary: 'Where the picture goes; here that is a pane of the page.', form: ['none'] },
  device: {
    summary: 'A device and its properties.',
    form: ['DRIVER', 'id=ID', 'bus=BUS', 'PROPERTY=VALUE…'],
    keys: [
      id,
      key('bus', 'Id of the device that has the bus, or the name of a bus such as pcie.0.'),
    ],
  },
  global: {
    summary: 'Sets a property of every device of a driver.',
    form: ['DRIVER.PROPERTY=VALUE'],
  },
  fw_cfg: {
    summary: 'An item for the firmware.',
    form: ['name=NAME', 'string=TEXT'],
    keys: [
      key('name', 'Name of the item, such as opt/org.example/item.'),
      key('string', 'Its content as text.'),
      key('file', 'Its content as an image.'),
    ],
  },
  semihosting: { summary: 'Lets the guest call the debugger’s services (HLT #0xF000).' },
  'semihosting-config': {
    summary: 'Semihosting with options.',
    form: ['enable=on', 'userspace=on', 'target=native'],
    keys: [
      key('enable', 'Switches it on.', onOff),
      key('userspace', 'Allows EL0 to call it.', onOff),
      key('target', 'Who answers.', ['native', 'gdb', 'auto']),
      key('arg', 'An argument the guest may ask for.'),
    ],
  },
  icount: {
    summary: 'Time follows the instructions executed: runs repeat exactly.',
    form: ['shift=N|auto', 'sleep=on|off', 'align=on|off'],
    keys: [
      key('shift', 'Each instruction takes 2 to the power of this many nanoseconds; or auto.'),
      key('sleep', 'Whether an idle guest waits.', onOff),
      key('align', 'Keeps the guest’s clock at the host’s.', onOff),
    ],
  },
  d: { summary: 'What QEMU logs.', form: ['ITEM,ITEM…'] },
  dfilter: { summary: 'Addresses that -d is limited to.', form: ['START+SIZE'] },
  trace: {
    summary: 'Trace events to print, by name or pattern.',
    form: ['EVENT'],
    keys: [key('enable', 'Name or pattern of events.')],
  },
  nographic: { summary: 'No display; the first serial port is a console. So it is here anyway.' },
  nodefaults: {
    summary: 'Leaves out what a board has by default: network card, CD-ROM and so on.',
  },
  'no-reboot': { summary: 'Ends QEMU where the guest would reset.' },
  'no-shutdown': { summary: 'Stops the vCPUs, and not QEMU, when the guest powers off.' },
  S: { summary: 'Starts halted: Resume in the page goes on.' },
  snapshot: { summary: 'Keeps all writes to disks apart; they are gone when QEMU ends.' },
  usb: { summary: 'Adds the board’s USB controller.' },
  'enable-kvm': { summary: 'Asks for the host’s own processor; a tab has the translator instead.' },
  'one-insn-per-tb': { summary: 'Translates one instruction at a time: slow, and exact in logs.' },
  'no-user-config': { summary: 'Reads no configuration of the user; there is none here.' },
  'only-migratable': { summary: 'Refuses devices that a snapshot cannot hold.' },
  boot: {
    summary: 'Boot order and menu, for firmware that asks.',
    form: ['order=ORDER', 'menu=on|off', 'strict=on|off'],
    keys: [
      key('order', 'Drives in order.'),
      key('menu', 'Boot menu.', onOff),
      key('strict', 'Only these.', onOff),
    ],
  },
  rtc: {
    summary: 'The real-time clock.',
    form: ['base=utc|localtime|DATE', 'clock=host|rt|vm'],
    keys: [key('base', 'Its start.'), key('clock', 'What it follows.', ['host', 'rt', 'vm'])],
  },
  name: { summary: 'A name for the machine.', form: ['NAME'] },
  uuid: { summary: 'The machine’s UUID, for SMBIOS.', form: ['UUID'] },
  smbios: { summary: 'SMBIOS tables.', form: ['type=N', 'KEY=VALUE…'] },
  seed: { summary: 'A fixed seed for the guest’s random numbers.', form: ['NUMBER'] },
};
const aliases: Record<string, string> = { M: 'machine', singlestep: 'one-insn-per-tb' };

/** The option's name as the table has it: `M` is `machine`. */
export function canonicalOption(name: string): string {
  return aliases[name] ?? name;
}

export function optionDoc(name: string): OptionDoc | undefined {
  const found = canonicalOption(name);
  return Object.hasOwn(docs, found) ? docs[found] : undefined;
}
