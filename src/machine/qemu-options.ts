/**
 * Which options QEMU 10.0 has and which of them take an argument (qemu-options.hx), and what
 * Bootlink does with those that have no part of the machine of their own.
 */

/** What an option stands for outside of the machine's own parts. */
export type OptionKind =
  /** Says something about the machine alone; passes in a link. */
  | 'machine'
  /** Names a file, device, socket or process of the host, or steers the host's QEMU. */
  | 'host'
  /** Asks QEMU for a list and ends. */
  | 'question';

export interface OptionFact {
  name: string;
  takesArgument: boolean;
  kind: OptionKind;
  /** For host options: what happens here instead. */
  instead?: string;
}

/** Options with an argument, read into parts of the machine by fields.ts. */
const read = `machine M accel cpu smp m object numa bios pflash kernel initrd append dtb blockdev
  drive hda hdb hdc hdd cdrom fda fdb mtdblock sd chardev serial monitor netdev nic net vga display
  device global fw_cfg semihosting-config icount d dfilter trace`;

/** Options without an argument, read into parts of the machine. */
const readFlags = `enable-kvm nographic semihosting nodefaults no-user-config no-reboot no-shutdown
  S snapshot usb one-insn-per-tb singlestep only-migratable`;

/** Kept as extra arguments. */
const machineOnly = `boot name uuid rtc k smbios acpitable action watchdog-action overcommit msg
  compat seed set prom-env usbdevice audiodev audio rotate echr`;
const machineOnlyFlags = `no-fd-bootchk no-hpet no-acpi win2k-hack portrait old-param
  enable-sync-profile`;

const questions = `h help version audio-help`;

const noPort = 'a tab cannot open a port or socket; the page talks to QEMU itself';
const noGdb = 'a tab cannot open a port for gdb; the Registers pane is the debugger here';
const noFiles = 'a tab sees no files of the host; give the bytes as an image';
const noProcess = 'QEMU runs in the page, not as a process of the host';
const host: [names: string, takesArgument: boolean, instead: string][] = [
  ['qmp qmp-pretty mon', true, noPort],
  ['gdb', true, noGdb],
  ['s', false, noGdb],
  ['vnc spice', true, 'the display is a pane of the page'],
  ['full-screen g sdl', false, 'the display is a pane of the page'],
  ['fsdev virtfs', true, 'a tab sees no folder of the host; attach a virtual FAT drive'],
  ['mem-path L option-rom readconfig incoming loadvm', true, noFiles],
  ['D add-fd plugin tpmdev iscsi dump-vmstate', true, noFiles],
  ['mem-prealloc', false, 'memory of a tab is reserved as a whole'],
  ['pidfile run-with runas chroot sandbox debugcon parallel', true, noProcess],
  ['daemonize async-teardown preconfig', false, noProcess],
  ['xen-domid', true, noProcess],
  ['xen-attach xen-domid-restrict', false, noProcess],
];

function names(text: string): string[] {
  return text.split(/\s+/);
}

const facts = new Map<string, OptionFact>();
for (const [text, takesArgument, kind] of [
  [read, true, 'machine'],
  [readFlags, false, 'machine'],
  [machineOnly, true, 'machine'],
  [machineOnlyFlags, false, 'machine'],
  [questions, false, 'question'],
] as const) {
  for (const name of names(text)) facts.set(name, { name, takesArgument, kind });
}
for (const [text, takesArgument, instead] of host) {
  for (const name of names(text)) facts.set(name, { name, takesArgument, kind: 'host', instead });
}

/** The option a word names: `-name` and `--name` are the same to QEMU. */
export function optionName(word: string): string | undefined {
  return /^--?([A-Za-z0-9][A-Za-z0-9_-]*)$/.exec(word)?.[1];
}

export function optionFact(name: string): OptionFact | undefined {
  return facts.get(name);
}

/** All options, for completion and for "did you mean". */
export function optionNames(): string[] {
  return [...facts.keys()];
}

/** An option that is at most two edits away from a word that is none. */
export function similarName(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.min(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(name, candidate, least);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

/** Levenshtein distance, or `cap` when it is at least that. */
function editDistance(a: string, b: string, cap: number): number {
  if (Math.abs(a.length - b.length) >= cap) return cap;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return Math.min(row[b.length] ?? cap, cap);
}

/** Extra arguments, option by option; `at` is the index of the option in the list. */
export interface ExtraOption {
  word: string;
  name: string | undefined;
  argument: string | undefined;
  at: number;
}

/**
 * Splits extra arguments into options: by what is known of each, and for an unknown option by
 * whether the next word looks like an option.
 */
export function splitExtra(extra: readonly string[]): ExtraOption[] {
  const options: ExtraOption[] = [];
  for (let at = 0; at < extra.length;) {
    const word = extra[at] ?? '';
    const name = optionName(word);
    const next = extra[at + 1];
    const takes =
      name !== undefined &&
      next !== undefined &&
      (optionFact(name)?.takesArgument ?? !/^-./.test(next));
    options.push({ word, name, argument: takes ? next : undefined, at });
    at += takes ? 2 : 1;
  }
  return options;
}
