/** Lines that report an error short of a crash, with what to look at. */
import type { Component, ProblemEvent } from './event';
import { imageName } from './tfa-images';

interface Row {
  readonly component: Component;
  readonly label: string;
  readonly pattern: RegExp;
  readonly hint: string;
  readonly source: string;
}

/** A log level (TF-A, TF-RMM) that reports no error. */
const NO_ERROR = /^(?:NOTICE|INFO|VERBOSE):/;

const NOT_FOUND = 'Is it in the FIP? List the FIP, and see whether the flash image is complete.';

const ROWS: readonly Row[] = [
  {
    component: 'BL2',
    label: 'image $1 could not be loaded',
    pattern: /^BL2: Failed to load image id (\d+)/,
    hint: NOT_FOUND,
    source: 'TF-A bl2/bl2_image_load_v2.c',
  },
  {
    component: 'BL1',
    label: 'BL2 could not be loaded',
    pattern: /^Failed to load BL2 firmware/,
    hint: NOT_FOUND,
    source: 'TF-A bl1/bl1_main.c',
  },
  {
    component: 'BL2',
    label: 'image $1 is not there',
    pattern: /^Failed to (?:obtain reference to|access) image id=(\d+)/,
    hint: NOT_FOUND,
    source: 'TF-A common/bl_common.c',
  },
  {
    component: 'BL2',
    label: 'image $1 does not fit',
    pattern: /^Image id=(\d+) size out of bounds/,
    hint: 'The image is larger than the memory TF-A gives it on this platform.',
    source: 'TF-A common/bl_common.c',
  },
  {
    component: 'BL31',
    label: 'the RMM did not start',
    pattern: /^RMM init failed/,
    hint: "The code after the colon is RMM_BOOT_COMPLETE's: see E_RMM_BOOT_*.",
    source: 'TF-A services/std_svc/rmmd/rmmd_main.c',
  },
  {
    component: 'BL31',
    label: 'a granule could not change hands',
    pattern: /^RMMD: PAS Transition failed/,
    hint: 'The granule is not in the space the change starts from: delegated twice, or firmware memory.',
    source: 'TF-A services/std_svc/rmmd/rmmd_main.c',
  },
  {
    component: 'RMM',
    label: 'TRP does not know this RMI call',
    pattern: /^Invalid SMC code to trp_rmi_handler, FID ([0-9a-f]+)/,
    hint: 'TRP answers RMI_VERSION, RMI_GRANULE_DELEGATE and RMI_GRANULE_UNDELEGATE only.',
    source: 'TF-A services/std_svc/rmmd/trp/trp_main.c',
  },
  {
    component: 'BL31',
    label: 'granule protection tables could not be set up',
    pattern: /^GPT: (.+)/,
    hint: 'TF-A describes memory to itself in a way that does not fit: see lib/gpt_rme.',
    source: 'TF-A lib/gpt_rme/gpt_rme.c',
  },
  {
    component: 'BL31',
    label: 'no BL32 image',
    pattern: /^No (?:OPTEE|SPM Core image) provided by BL2/,
    hint: 'TF-A was built with a dispatcher, but the FIP has no BL32. The boot goes on without it.',
    source: 'TF-A services/spd/opteed, services/std_svc/spmd',
  },
  {
    component: 'U-Boot',
    label: 'no environment',
    pattern: /^\*\*\* Warning - bad CRC, using default environment/,
    hint: 'Harmless on first boot: the saved environment is empty.',
    source: 'U-Boot env/common.c',
  },
  {
    component: 'Linux',
    label: 'no root file system',
    pattern: /^VFS: Cannot open root device "?([^"\s]*)/,
    hint: 'Check root= and whether the driver of that disk is built in or in the initrd.',
    source: 'Linux init/do_mounts.c',
  },
  {
    component: 'Linux',
    label: 'no init',
    pattern: /^Failed to execute (\S+) \(error (?:-?\d+)\)/,
    hint: 'The program is missing, not executable, for another machine, or lacks its loader.',
    source: 'Linux init/main.c',
  },
];

/** The problem a line reports, if it is one of these. */
export function problemOfLine(
  line: string,
  bare: string,
  offset: number,
): ProblemEvent | undefined {
  if (NO_ERROR.test(line)) return undefined;
  for (const { component, label, pattern, hint, source } of ROWS) {
    const match = pattern.exec(bare);
    if (match === null) continue;
    const filled = label.replace('$1', imageName(match[1] ?? ''));
    return { kind: 'problem', component, label: filled, hint, source, line, offset };
  }
  return undefined;
}
