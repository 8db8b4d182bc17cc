/** What the console recogniser tells. */
import type { Syndrome } from '../esr/esr';

/** The program that speaks. */
export type Component =
  | 'BL1'
  | 'BL2'
  | 'BL31'
  | 'BL32'
  | 'RMM'
  | 'OP-TEE'
  | 'EDK2'
  | 'U-Boot'
  | 'EFI shell'
  | 'GRUB'
  | 'EFI stub'
  | 'Linux'
  | 'Xen'
  | 'user space';

interface At {
  /** Where the line starts in the stream, in UTF-16 units as pushed. */
  readonly offset: number;
  /** The line, without escapes. */
  readonly line: string;
}

/** A line that marks progress: the start of a band or a step inside one. */
export interface PhaseEvent extends At {
  readonly kind: 'phase';
  readonly component: Component;
  /** 'start' opens the component's band; 'step' is inside it; 'prompt' waits for input; 'end' leaves it. */
  readonly mark: 'start' | 'step' | 'prompt' | 'end';
  readonly label: string;
  /** Version, address or name that the line carries. */
  readonly detail?: string;
  /** Where the line is printed. */
  readonly source: string;
}

/** A line that reports an error without a crash. */
export interface ProblemEvent extends At {
  readonly kind: 'problem';
  readonly component: Component;
  readonly label: string;
  /** What it usually means and what to look at. */
  readonly hint: string;
  readonly source: string;
}

/** An RMI or RSI call that the RMM logged. */
export interface RmmCallEvent extends At {
  readonly kind: 'rmm-call';
  readonly name: string;
  /** RMI_GRANULE_DELEGATE(addr=0x80000000), or the name as logged where it is not known. */
  readonly text: string;
  readonly args: readonly bigint[];
  /** RMI_SUCCESS, or empty where the log gives a bare number. */
  readonly status: string;
  readonly failed: boolean;
  readonly results: readonly bigint[];
  readonly words: string;
  readonly source: string;
}

export type CrashFamily = 'TF-A' | 'RMM' | 'OP-TEE' | 'EDK2' | 'U-Boot' | 'Linux' | 'Xen';

/**
 * A crash dump, as far as it has been read. The same id comes again as more of
 * the dump arrives; the last one counts.
 */
export interface CrashEvent extends At {
  readonly kind: 'crash';
  readonly id: number;
  readonly family: CrashFamily;
  readonly title: string;
  /** By lower-case architectural name: x0, sp, pc, elr, esr_el3. */
  readonly registers: Readonly<Record<string, bigint>>;
  /** Names the dump gives instead of numbers: pc = "do_read+0x10/0x20". */
  readonly symbols: Readonly<Record<string, string>>;
  /** The syndrome, if the dump has one that belongs to this crash. */
  readonly syndrome?: Syndrome;
  readonly faultAddress?: bigint;
  /** Where it happened, if told. */
  readonly pc?: bigint;
  /** What the dump says, in one or two sentences. */
  readonly explanation: string;
  /** Leads, the likeliest first. */
  readonly likely: readonly string[];
  /** Lines of the dump. */
  readonly lines: number;
  /** False while more of the dump may come. */
  readonly complete: boolean;
  readonly source: string;
}

export type ConsoleEvent = PhaseEvent | ProblemEvent | RmmCallEvent | CrashEvent;
