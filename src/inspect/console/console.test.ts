import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConsoleEvent, CrashEvent } from './event';
import { LineSplitter, type Line } from './lines';
import { ConsoleRecogniser } from './recogniser';
import {
  CONSOLES,
  EDK2_CRASH,
  LINUX_OOPS,
  OPTEE_ABORT,
  RME_BOOT,
  RMM_CRASH,
  RMM_LOG,
  SBSA_BOOT,
  TFA_PANIC,
  TFA_UNHANDLED,
  LINUX32_OOPS,
  UBOOT32_ABORT,
  UBOOT_ABORT,
  XEN_TRAP,
} from './samples';

function all(text: string): ConsoleEvent[] {
  const recogniser = new ConsoleRecogniser();
  return [...recogniser.push(text), ...recogniser.finish()];
}

function crashOf(text: string): CrashEvent {
  const crashes = all(text).filter((e) => e.kind === 'crash');
  const last = crashes.at(-1);
  if (last === undefined) throw new Error('no crash was recognised');
  return last;
}

function split(text: string): Line[] {
  const lines: Line[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  splitter.push(text);
  splitter.flush();
  return lines;
}

describe('lines', () => {
  it('end with CR LF, LF CR, LF or CR', () => {
    expect(split('a\r\nb\n\rc\nd\re').map((l) => l.text)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(split('a\n\nb').map((l) => l.text)).toEqual(['a', '', 'b']);
  });

  it('lose escapes and obey backspace', () => {
    expect(split('\x1b[31mred\x1b[0m\n').map((l) => l.text)).toEqual(['red']);
    expect(split('\x1b]0;title\x07x\n').map((l) => l.text)).toEqual(['x']);
    expect(split('autoboot:  2 \b\b\b 1 \n').map((l) => l.text)).toEqual(['autoboot:  1 ']);
  });

  it('end where the screen is drawn elsewhere', () => {
    expect(split('one\x1b[2;5Htwo\x1b[2Jthree').map((l) => l.text)).toEqual([
      'one',
      'two',
      'three',
    ]);
  });

  it('know where they start', () => {
    expect(split('ab\r\n\x1b[1mcd').map((l) => l.offset)).toEqual([0, 8]);
  });

  it('that never end do not fill the memory', () => {
    expect(split('x'.repeat(100_000))[0]?.text.length).toBe(4096);
  });
});

describe('the recogniser', () => {
  const noise = fc.string({
    unit: fc.constantFrom('=', '>', ' ', '\n', '\r', '\x1b', '[', 'H', '\b', 'x', '0', ':', 'a'),
    maxLength: 60,
  });
  const text = fc
    .array(fc.oneof(fc.constantFrom(...CONSOLES), noise), { maxLength: 4 })
    .map((parts) => parts.join(''));

  it('gives the same events however the text is cut', () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat(200), { maxLength: 40 }), (whole, cuts) => {
        const recogniser = new ConsoleRecogniser();
        const events: ConsoleEvent[] = [];
        let at = 0;
        for (const cut of cuts) {
          events.push(...recogniser.push(whole.slice(at, at + cut)));
          at += cut;
        }
        events.push(...recogniser.push(whole.slice(at)), ...recogniser.finish());
        expect(events).toEqual(all(whole));
      }),
      { numRuns: 150 },
    );
  });

  it('gives the same events one character at a time', () => {
    for (const sample of CONSOLES) {
      const recogniser = new ConsoleRecogniser();
      const events = [...sample].flatMap((c) => recogniser.push(c));
      expect([...events, ...recogniser.finish()]).toEqual(all(sample));
    }
  });

  it('does not care for CR LF or LF', () => {
    for (const sample of CONSOLES) {
      const lf = sample.replaceAll('\r\n', '\n');
      const plain = (events: ConsoleEvent[]) => events.map((e) => ({ ...e, offset: 0 }));
      expect(plain(all(lf.replaceAll('\n', '\r\n')))).toEqual(plain(all(lf)));
    }
  });

  it('cut at every offset never throws and never finds more crashes than there are', () => {
    const sample = UBOOT_ABORT;
    for (let n = 0; n <= sample.length; n++) {
      const crashes = all(sample.slice(0, n)).filter((e) => e.kind === 'crash');
      expect(new Set(crashes.map((c) => c.id)).size).toBeLessThanOrEqual(1);
    }
  });
});

describe('boot phases', () => {
  const marks = (text: string) =>
    all(text)
      .filter((e) => e.kind === 'phase')
      .map((e) => `${e.component} ${e.mark}${e.detail === undefined ? '' : ` ${e.detail}`}`);

  it('of sbsa-ref: BL1, BL2, BL31, U-Boot, its prompt', () => {
    expect(marks(SBSA_BOOT)).toEqual([
      'BL1 start v2.12.1(debug):',
      'BL1 end BL2',
      'BL2 start v2.12.1(debug):',
      'BL1 end BL31',
      'BL1 step 0x10000000',
      'BL31 start v2.12.1(debug):',
      'BL31 end normal',
      'BL31 step 0x10000000',
      'U-Boot start 2025.01',
      'U-Boot step 256 MiB',
      'U-Boot step',
      'U-Boot prompt',
    ]);
  });

  it('of RME: checks on, RMM memory reserved, TRP', () => {
    const found = marks(RME_BOOT);
    expect(found).toContain('BL2 step [0x40100000, 0x418fffff]');
    expect(found).toContain('RMM step 0.4');
    expect(found.filter((m) => m === 'BL2 step').length).toBeGreaterThan(0);
  });

  it('a prompt is told once, before its line ends', () => {
    const recogniser = new ConsoleRecogniser();
    expect(recogniser.push('=> ')).toMatchObject([{ mark: 'prompt', component: 'U-Boot' }]);
    expect(recogniser.push('smc c4000151 80000000\r\n')).toEqual([]);
  });
});

describe('crashes', () => {
  it('of 32-bit Linux and U-Boot have their r registers, psr and place', () => {
    const linux = crashOf(LINUX32_OOPS);
    expect([linux.family, linux.title]).toEqual(['Linux', 'kernel NULL pointer dereference']);
    expect(linux.registers).toMatchObject({
      r0: 0x63n,
      r10: 0n,
      ip: 0xc1a05678n,
      sp: 0xf0815e88n,
      psr: 0x60000013n,
      fsr: 0x805n,
    });
    expect([linux.pc, linux.faultAddress]).toEqual([0xc0812344n, 0n]);
    expect(linux.explanation).toContain('sysrq_handle_crash+0x14/0x1c');
    // A fault status is no ESR: it is not decoded as one.
    expect(linux.syndrome).toBeUndefined();

    const uboot = crashOf(UBOOT32_ABORT);
    expect([uboot.family, uboot.title, uboot.pc]).toEqual(['U-Boot', 'data abort', 0x7ff8a6c0n]);
    expect(uboot.registers).toMatchObject({ elr_link: 0xa6c0n, r9: 0x7ef4aeb0n, r0: 0n });
    expect(uboot.complete).toBe(true);
  });

  it("U-Boot's Synchronous Abort under RME is a granule protection fault", () => {
    const crash = crashOf(UBOOT_ABORT);
    expect(crash).toMatchObject({ family: 'U-Boot', faultAddress: 0x80000000n, complete: true });
    expect(crash.syndrome?.fault?.kind).toBe('granule protection fault');
    expect(crash.registers).toMatchObject({ x0: 0x80000000n, x28: 0n, lr: 0xbff66c4cn });
    expect(crash.registers.elr).toBe(0xbff66c2cn);
    expect(crash.likely[0]).toContain('belongs to another world');
  });

  it("TF-A's dump of an unhandled exception has esr_el3 and far_el3", () => {
    const crash = crashOf(TFA_UNHANDLED);
    expect(crash).toMatchObject({ family: 'TF-A', title: 'unhandled exception in EL3' });
    expect(crash.syndrome?.ec).toBe(0x25);
    expect(crash.pc).toBe(0xe0a1234n);
    expect(crash.registers.x30).toBe(0xe0a1230n);
  });

  it('a panic of TF-A is not explained by a stale syndrome', () => {
    const crash = crashOf(TFA_PANIC);
    expect(crash.title).toBe('panic in EL3');
    expect(crash.registers.esr_el3).toBe(0x5e000000n);
    expect(crash.syndrome).toBeUndefined();
  });

  it("EDK2's dump has all registers, and its second announcement is the same crash", () => {
    const crash = crashOf(EDK2_CRASH);
    expect(crash).toMatchObject({ family: 'EDK2', id: 0, faultAddress: 0x10n });
    expect(crash.registers).toMatchObject({ x0: 1n, lr: 0x1367e6570n, spsr: 0x60000305n });
    expect(crash.symbols.pc).toBe('BootLoader.dll+0x1578');
    expect(crash.likely).toEqual(['a null pointer']);
  });

  it('EDK2 without debug output still gives the address', () => {
    const crash = crashOf('\r\n\r\nSynchronous Exception at 0x00000001367E6578\r\n');
    expect(crash).toMatchObject({ family: 'EDK2', pc: 0x1367e6578n });
    expect(crash.syndrome).toBeUndefined();
  });

  it("Linux's oops has the syndrome, symbols and the panic that follows", () => {
    const crash = crashOf(LINUX_OOPS);
    expect(crash).toMatchObject({ family: 'Linux', faultAddress: 0n, complete: true });
    expect(crash.symbols).toMatchObject({ pc: 'sysrq_handle_crash+0x20/0x30' });
    expect(crash.registers).toMatchObject({ x29: 0xffff800080d33c00n, sp: 0xffff800080d33c00n });
    expect(crash.syndrome?.summary).toContain('write: translation fault, level 0');
  });

  it('OP-TEE, the RMM and Xen are read too', () => {
    expect(crashOf(OPTEE_ABORT)).toMatchObject({ family: 'OP-TEE', faultAddress: 0x1234n });
    expect(crashOf(OPTEE_ABORT).registers.elr).toBe(0xe10a3c4n);
    expect(crashOf(RMM_CRASH).syndrome?.fault?.kind).toBe('granule protection fault');
    expect(crashOf(RMM_CRASH).registers).toMatchObject({ x0: 0x41afe000n, x1: 2n });
    expect(crashOf(XEN_TRAP)).toMatchObject({
      family: 'Xen',
      symbols: { pc: 'do_trap+0x10/0x20' },
    });
    expect(crashOf(XEN_TRAP).syndrome?.fault?.level).toBe(2);
  });

  it('that are panics give their reason', () => {
    const xen = '(XEN) Panic on CPU 0:\n(XEN) Could not set up DOM0 guest OS (rc = -2)\n';
    expect(crashOf(xen).explanation).toBe(
      'Xen: panic on CPU 0. Could not set up DOM0 guest OS (rc = -2).',
    );
    const linux =
      'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\n';
    expect(crashOf(linux).explanation).toBe(
      'Linux: panic: VFS: Unable to mount root fs on unknown-block(0,0).',
    );
    expect(crashOf(`${LINUX_OOPS.split('---[')[0] ?? ''}${linux}`).explanation).toContain(
      'Then panic: VFS',
    );
  });

  it('of U-Boot keep the addresses as linked, for its map file', () => {
    expect(crashOf(UBOOT_ABORT).registers).toMatchObject({ elr_link: 0x60023c2cn });
  });

  it('in the middle can be asked for', () => {
    const recogniser = new ConsoleRecogniser();
    recogniser.push(UBOOT_ABORT.slice(0, 200));
    expect(recogniser.openCrash()).toMatchObject({ family: 'U-Boot', complete: false });
  });

  it('end when firmware starts again', () => {
    const events = all(`${TFA_PANIC}${SBSA_BOOT}`);
    const lastCrash = events.findLastIndex((e) => e.kind === 'crash');
    const firstPhase = events.findIndex((e) => e.kind === 'phase');
    expect(lastCrash).toBeLessThan(firstPhase);
    expect(events[lastCrash]).toMatchObject({ complete: true });
  });
});

describe('calls that the RMM logs', () => {
  it('are named, with arguments and status', () => {
    const calls = all(RMM_LOG).filter((e) => e.kind === 'rmm-call');
    expect(calls.map((c) => [c.text, c.status, c.results])).toEqual([
      ['RMI_REC_CREATE(rd=0x45659000, rec=0x456ad000, params_ptr=0x446b1000)', 'RMI_SUCCESS', []],
      ['RMI_REALM_ACTIVATE(rd=0x45659000)', 'RMI_SUCCESS', []],
      ['RSI_VERSION()', '', [0xd0000n]],
      ['RSI_REALM_CONFIG(addr=0x41afe000)', 'RSI_SUCCESS', []],
      [
        'RSI_IPA_STATE_SET(base=0x40000000, top=0x60000000, ripas=RAM, flags=0x0)',
        'RSI_SUCCESS',
        [0x60000000n],
      ],
      ['RMI_RTT_CREATE(rd=0x45659000, rtt=0x456ae000, ipa=0x0, level=0x3)', 'RMI_ERROR_RTT', [2n]],
    ]);
    expect(calls.at(-1)).toMatchObject({ failed: true });
  });
});

describe('problems', () => {
  it('name the image that is missing', () => {
    expect(all('ERROR:   BL2: Failed to load image id 5 (-2)\r\n')).toMatchObject([
      { kind: 'problem', component: 'BL2', label: 'image 5 (BL33) could not be loaded' },
    ]);
  });

  it('are not made of lines that only inform', () => {
    expect(all('INFO:    GPT: Boot Configuration\r\n')).toEqual([]);
    expect(all('ERROR:   GPT: PAS[2] is invalid!\r\n')).toMatchObject([{ kind: 'problem' }]);
  });
});
