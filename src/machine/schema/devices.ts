import * as v from 'valibot';
import {
  argumentText,
  emptyMessage,
  hasKeys,
  identifier,
  nestedOptions,
  optionList,
  repeatingOptionList,
} from './text';

const name = v.pipe(argumentText, v.nonEmpty());

/** `-object`: a user-creatable object. */
export const QemuObject = v.pipe(
  nestedOptions({ 'qom-type': name, id: v.exactOptional(identifier) }),
  v.description('A QEMU object (-object), such as a memory backend.'),
);

/** `-device`: PCIe topology, USB, network, display, guest loaders and all else that plugs in. */
export const Device = v.pipe(
  nestedOptions({
    driver: name,
    id: v.exactOptional(identifier),
    bus: v.exactOptional(argumentText),
  }),
  v.description('A device (-device), with QEMU’s property names.'),
);

/** `-netdev`, `-nic` and `-net`. */
export const Netdev = v.pipe(
  repeatingOptionList({ type: name, id: v.exactOptional(identifier) }),
  v.description('A network back end (-netdev).'),
);
export const Nic = repeatingOptionList({ type: name });

/** `-chardev`: a character back end. Bootlink's own consoles need none: see Console. */
export const Chardev = v.pipe(
  optionList({ backend: name, id: v.exactOptional(identifier) }),
  v.description('A character back end (-chardev). Consoles of the page need none.'),
);

export const consoleRoles = ['firmware', 'secure', 'host', 'realm', 'guest', 'monitor'] as const;

/**
 * A console tab of the page. `id` is a chardev's id that the machine names
 * (`-serial chardev:ID`, `-device virtconsole,chardev=ID`), or `serialN` for the N-th serial
 * port when that one is on `stdio` or another back end of the host.
 */
export const Console = v.pipe(
  v.strictObject({
    id: identifier,
    role: v.exactOptional(v.picklist(consoleRoles)),
    title: v.exactOptional(v.string()),
  }),
  v.description('What a console is for, and how its tab is called.'),
);

/** `-vga`, `-nographic`, `-display`. */
export const Display = v.pipe(
  v.strictObject({
    nographic: v.exactOptional(v.literal(true)),
    vga: v.exactOptional(argumentText),
    display: v.exactOptional(optionList({ type: name })),
  }),
  v.check((value) => hasKeys(value), emptyMessage),
  v.description('Display: -vga, -display and -nographic. A display device is in "devices".'),
);

/** `-semihosting` (no keys) or `-semihosting-config`. */
export const Semihosting = repeatingOptionList({ enable: v.exactOptional(argumentText) });

/** Items of `-d`. */
export const LogItems = v.pipe(
  v.array(v.pipe(argumentText, v.regex(/^(?!help$)[^,?]+$/, 'A log item holds no "," or "?".'))),
  v.minLength(1, 'It needs at least one log item, such as int or guest_errors.'),
);

/** `-d` and the options that steer it. */
export const Log = v.pipe(
  v.strictObject({
    items: v.exactOptional(LogItems),
    /** `-dfilter`: address ranges. */
    filter: v.exactOptional(argumentText),
  }),
  v.check((value) => hasKeys(value), emptyMessage),
);

/** `-trace`: events by name or pattern. */
export const Trace = optionList({ enable: v.exactOptional(argumentText) });

/** Options without an argument that are either there or not. */
export const switches = [
  'nodefaults',
  'no-user-config',
  'no-reboot',
  'no-shutdown',
  'S',
  'snapshot',
  'usb',
  'one-insn-per-tb',
  'only-migratable',
] as const;
