/**
 * Lines that mark a boot phase. Each row says where the line is printed.
 * Patterns see the line without its logger's prefix (bare.ts), except where the
 * prefix is what tells; group 1 is the detail.
 */
import type { Component, PhaseEvent } from './event';
import { imageName } from './tfa-images';

interface Row {
  readonly component: Component;
  readonly mark: PhaseEvent['mark'];
  readonly label: string;
  readonly pattern: RegExp;
  readonly source: string;
}

function row(
  component: Component,
  mark: PhaseEvent['mark'],
  label: string,
  pattern: RegExp,
  source: string,
): Row {
  return { component, mark, label, pattern, source };
}

const LOADS = 'BL2 loads an image';

/** Printed by whichever image hands over; the recogniser puts in which one runs. */
export const ENTRY_POINT = 'entry point of the next image';

const BL_COMMON = 'TF-A common/bl_common.c';
const BL31_MAIN = 'TF-A bl31/bl31_main.c';
const TRP = 'TF-A services/std_svc/rmmd/trp/trp_main.c';
const OPTEE_BOOT = 'OP-TEE core/arch/arm/kernel/boot.c';
const SETUP = 'Linux arch/arm64/kernel/setup.c';
const XEN = 'Xen xen/arch/arm/setup.c';

/** In order: the first that matches wins. */
const ROWS: readonly Row[] = [
  row('BL1', 'start', 'BL1', /^BL1: (v\S+)/, 'TF-A bl1/bl1_main.c'),
  row('BL1', 'step', 'BL1 loads BL2', /^BL1: Loading BL2/, 'TF-A bl1/bl1_main.c'),
  row('BL1', 'end', 'BL1 starts the next image', /^BL1: Booting (BL\d+)/, 'TF-A bl1/bl1_main.c'),
  row('BL2', 'start', 'BL2', /^BL2: (v\S+)/, 'TF-A bl2/bl2_main.c'),
  row(
    'BL2',
    'step',
    'BL2 loads an image',
    /^BL2: Loading image id (\d+)/,
    'TF-A bl2/bl2_image_load_v2.c',
  ),
  row('BL2', 'end', 'BL2 starts the next image', /^BL2: Booting (\S+)/, 'TF-A bl2/bl2_main.c'),
  row(
    'BL2',
    'step',
    'granule protection checks on',
    /^Enabling Granule Protection Checks/,
    'TF-A plat/qemu/common/qemu_bl2_setup.c',
  ),
  row(
    'BL2',
    'step',
    'RMM memory reserved',
    /^Reserved RMM memory (\[.*?\])/,
    'TF-A plat/qemu/common/qemu_bl2_setup.c',
  ),
  row('BL31', 'start', 'BL31', /^BL31: (v\S+)/, BL31_MAIN),
  row('BL31', 'step', 'runtime services', /^BL31: Initializing runtime services/, BL31_MAIN),
  row('BL31', 'step', 'BL31 starts BL32', /^BL31: Initializing BL32/, BL31_MAIN),
  row('BL31', 'step', 'BL31 starts the RMM', /^BL31: Initializing RMM/, BL31_MAIN),
  row(
    'BL31',
    'end',
    'EL3 leaves for the next world',
    /^BL31: Preparing for EL3 exit to (\w+) world/,
    BL31_MAIN,
  ),
  row('BL31', 'step', ENTRY_POINT, /^Entry point address = (0x[0-9a-f]+)/, BL_COMMON),
  row('BL32', 'start', 'TSP', /^TSP: (v\S+)/, 'TF-A bl32/tsp/tsp_main.c'),
  row('RMM', 'start', 'TRP (test payload in place of an RMM)', /^TRP: (v\S+)/, TRP),
  row('RMM', 'step', 'RMM-EL3 interface', /^TRP: Supported RMM-EL3 Interface ABI: v\.(\S+)/, TRP),
  row('RMM', 'start', 'RMM', /^Booting RMM v\.?(\S+)/, 'TF-RMM runtime/core/init.c'),
  row(
    'RMM',
    'step',
    'RMM-EL3 interface',
    /^RMM-EL3 Interface v\.?(\S+)/,
    'TF-RMM runtime/core/init.c',
  ),
  row('OP-TEE', 'start', 'OP-TEE', /^OP-TEE version: (\S+)/, OPTEE_BOOT),
  row('OP-TEE', 'step', 'OP-TEE initializes', /^Primary CPU initializing/, OPTEE_BOOT),
  row(
    'OP-TEE',
    'end',
    'OP-TEE is ready',
    /^Primary CPU switching to normal world boot/,
    OPTEE_BOOT,
  ),
  row('U-Boot', 'start', 'U-Boot SPL', /^U-Boot SPL (\S+)/, 'U-Boot common/spl/spl.c'),
  row('U-Boot', 'start', 'U-Boot', /^U-Boot (20\d\d\.\S+)/, 'U-Boot lib/display_options.c'),
  row('U-Boot', 'step', 'RAM found', /^DRAM: {2}(.+)/, 'U-Boot common/board_f.c'),
  row(
    'U-Boot',
    'step',
    'autoboot countdown',
    /^Hit any key to stop autoboot/,
    'U-Boot common/autoboot.c',
  ),
  row(
    'U-Boot',
    'end',
    'U-Boot starts an operating system',
    /^Starting kernel \.\.\./,
    'U-Boot arch/arm/lib/bootm.c',
  ),
  row(
    'U-Boot',
    'step',
    'U-Boot starts an EFI application',
    /^Booting (\S*\.(?:efi|EFI)\S*)/,
    'U-Boot lib/efi_loader',
  ),
  row('U-Boot', 'end', 'U-Boot resets', /^resetting \.\.\./, 'U-Boot arch/arm/lib/reset.c'),
  row(
    'EDK2',
    'start',
    'EDK2',
    /^UEFI firmware \(version (.*?)(?: built at.*)?\)/,
    'EDK2 ArmPlatformPkg, Sec and PrePi',
  ),
  row(
    'EDK2',
    'step',
    'boot option loads',
    /^BdsDxe: loading (Boot\w+.*)/,
    'EDK2 MdeModulePkg/Universal/BdsDxe',
  ),
  row(
    'EDK2',
    'end',
    'boot option starts',
    /^BdsDxe: starting (Boot\w+.*)/,
    'EDK2 MdeModulePkg/Universal/BdsDxe',
  ),
  row('EFI shell', 'start', 'UEFI shell', /^UEFI Interactive Shell (v\S+)/, 'EDK2 ShellPkg'),
  row('GRUB', 'start', 'GRUB', /GNU GRUB\s+version (\S+)/, 'GRUB grub-core/normal/main.c'),
  row(
    'EFI stub',
    'start',
    'EFI stub',
    /^EFI stub: Booting Linux Kernel/,
    'Linux drivers/firmware/efi/libstub',
  ),
  row(
    'EFI stub',
    'end',
    'boot services end',
    /^EFI stub: Exiting boot services/,
    'Linux drivers/firmware/efi/libstub',
  ),
  row('Xen', 'start', 'Xen', /^Xen version (\S+)/, 'Xen xen/common/kernel.c'),
  row(
    'Xen',
    'step',
    'Xen builds domain 0',
    /^\*\*\* LOADING DOMAIN 0 \*\*\*/,
    'Xen xen/arch/arm/domain_build.c',
  ),
  row(
    'Xen',
    'end',
    'Xen starts domain 0',
    /^\*\*\* Serial input to DOM0/,
    'Xen xen/drivers/char/console.c',
  ),
  row('Xen', 'step', 'Xen initializes', /^Processor: (.+)/, XEN),
  row('Linux', 'start', 'Linux', /^Booting Linux on physical CPU (0x[0-9a-f]+)/, SETUP),
  row('Linux', 'step', 'kernel version', /^Linux version (\S+)/, 'Linux init/main.c'),
  row(
    'Linux',
    'step',
    'started at',
    /^CPU: All CPU\(s\) started at (EL\d)/,
    'Linux arch/arm64/kernel/smp.c',
  ),
  row(
    'Linux',
    'step',
    'KVM',
    /^kvm \[\d+\]: (.*(?:mode initialized successfully|HYP mode not available).*)/,
    'Linux arch/arm64/kvm/arm.c',
  ),
  row(
    'Linux',
    'step',
    'Realm guest',
    /^RME: Using RSI version (\S+)/,
    'Linux arch/arm64/kernel/rsi.c',
  ),
  row('Linux', 'end', 'first process', /^Run (\S+) as init process/, 'Linux init/main.c'),
  row('Linux', 'end', 'power down', /^reboot: Power down/, 'Linux kernel/reboot.c'),
  row('Linux', 'end', 'restart', /^reboot: Restarting system/, 'Linux kernel/reboot.c'),
  row('user space', 'start', 'systemd', /^systemd\[1\]: systemd (\S+)/, 'systemd src/core/main.c'),
];

/** Prompts end no line: they are told from how the line begins. */
const PROMPTS: readonly Row[] = [
  row('U-Boot', 'prompt', 'U-Boot prompt', /^=> $/, 'U-Boot CONFIG_SYS_PROMPT'),
  row('EFI shell', 'prompt', 'UEFI shell prompt', /^(?:Shell|FS\d+:\\.*)> $/, 'EDK2 ShellPkg'),
  row('GRUB', 'prompt', 'GRUB prompt', /^grub> $/, 'GRUB grub-core/normal/main.c'),
  row(
    'user space',
    'prompt',
    'shell prompt',
    /^(?:[~/]\S*|\S+@\S+) [#$] $/,
    'BusyBox ash and others, default PS1',
  ),
  row('user space', 'prompt', 'login prompt', /^\S+ login: $/, 'agetty, login'),
];

/** Longest partial line that can be a prompt. */
const MAX_PROMPT = 80;

function event(found: Row, match: RegExpExecArray, line: string, offset: number): PhaseEvent {
  const text = match[1]?.trim();
  const detail = text !== undefined && found.label === LOADS ? imageName(text) : text;
  const common = {
    kind: 'phase' as const,
    component: found.component,
    mark: found.mark,
    label: found.label,
    source: found.source,
    line,
    offset,
  };
  return detail === undefined ? common : { ...common, detail };
}

/** The phase that a complete line marks. `bare` is the line without its prefix. */
export function phaseOfLine(line: string, bare: string, offset: number): PhaseEvent | undefined {
  for (const candidate of ROWS) {
    const match = candidate.pattern.exec(bare);
    if (match !== null) return event(candidate, match, line, offset);
  }
  return undefined;
}

/** The prompt that a line so far is, exactly. */
export function promptOf(partial: string, offset: number): PhaseEvent | undefined {
  if (!partial.endsWith(' ') || partial.length > MAX_PROMPT) return undefined;
  for (const candidate of PROMPTS) {
    const match = candidate.pattern.exec(partial);
    if (match !== null) return event(candidate, match, partial, offset);
  }
  return undefined;
}
