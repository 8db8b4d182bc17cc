import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overlaps, anyU64 } from '../testing';
import { describeCall, describeReturn, functionOf, FUNCTIONS } from './describe';
import { decodeFunctionId, owningEntity } from './function-id';

const MINUS = (n: bigint) => (1n << 64n) - n;

describe('function ids', () => {
  it('split as the Calling Convention says', () => {
    expect(decodeFunctionId(0xc4000151n)).toMatchObject({
      fast: true,
      convention: 'SMC64',
      owner: 'Standard Secure service calls',
      functionNumber: 0x151,
      sveHint: false,
    });
    expect(decodeFunctionId(0x32000004n)).toMatchObject({
      fast: false,
      convention: 'SMC32',
      owner: 'Trusted OS calls',
    });
  });

  it('never throw and share no bit', () => {
    fc.assert(
      fc.property(anyU64, (x0) => {
        expect(overlaps(decodeFunctionId(x0).fields)).toEqual([]);
      }),
    );
    for (let n = 0; n < 64; n++) expect(owningEntity(n)).not.toBe('');
  });
});

describe('the tables', () => {
  it('say what each function does, with a source', () => {
    for (const [id, f] of FUNCTIONS) {
      expect(f.name, id.toString(16)).toMatch(/^[A-Z][A-Z0-9_]+$/);
      expect(f.does).not.toBe('');
      expect(f.source).toContain(f.name);
    }
  });

  it('hold functions under ids of the owner they belong to', () => {
    const owners: Record<string, string> = {
      PSCI_: 'Standard Secure service calls',
      RMI_: 'Standard Secure service calls',
      FFA_: 'Standard Secure service calls',
      SIP_: 'Silicon Provider service calls',
      OPTEE_: 'Trusted OS calls',
      SMCCC_: 'Arm Architecture calls',
    };
    for (const [id, f] of FUNCTIONS) {
      const prefix = Object.keys(owners).find((p) => f.name.startsWith(p));
      if (prefix === undefined) continue;
      expect(decodeFunctionId(BigInt(id)).owner, f.name).toBe(owners[prefix]);
    }
  });

  // As in TF-A's and Linux's headers.
  it.each([
    [0x84000000, 'PSCI_VERSION'],
    [0xc4000003, 'PSCI_CPU_ON'],
    [0x84000009, 'PSCI_SYSTEM_RESET'],
    [0xc4000020, 'SDEI_VERSION'],
    [0x84000050, 'TRNG_VERSION'],
    [0xc4000053, 'TRNG_RND'],
    [0x84000063, 'FFA_VERSION'],
    [0xc400008d, 'FFA_MSG_SEND_DIRECT_REQ2'],
    [0xc4000061, 'FFA_SUCCESS'],
    [0xc4000064, 'MM_SP_MEMORY_ATTRIBUTES_GET'],
    [0xc4000065, 'MM_SP_MEMORY_ATTRIBUTES_SET'],
    [0xc4000041, 'MM_COMMUNICATE'],
    [0xc4000150, 'RMI_VERSION'],
    [0xc4000151, 'RMI_GRANULE_DELEGATE'],
    [0xc4000152, 'RMI_GRANULE_UNDELEGATE'],
    [0xc400015c, 'RMI_REC_ENTER'],
    [0xc4000169, 'RMI_RTT_SET_RIPAS'],
    [0xc4000190, 'RSI_VERSION'],
    [0xc4000199, 'RSI_HOST_CALL'],
    [0xc400018f, 'RMM_RMI_REQ_COMPLETE'],
    [0xc40001b0, 'RMM_GTSI_DELEGATE'],
    [0xc40001cf, 'RMM_BOOT_COMPLETE'],
    [0x80000000, 'SMCCC_VERSION'],
    [0x80008000, 'SMCCC_ARCH_WORKAROUND_1'],
    [0x32000004, 'OPTEE_SMC_CALL_WITH_ARG'],
    [0xb2000009, 'OPTEE_SMC_EXCHANGE_CAPABILITIES'],
    [0xbf00ff01, 'OPTEE_SMC_CALLS_UID'],
    [0xbe000000, 'TEESMC_OPTEED_RETURN_ENTRY_DONE'],
    [0xc2000001, 'SIP_SVC_VERSION'],
    [0xc20000c8, 'SIP_SVC_GET_CPU_COUNT'],
    [0x4, 'BL1_SMC_RUN_IMAGE'],
  ])('know %s as %s', (id, name) => {
    expect(functionOf(id)?.name).toBe(name);
  });
});

describe('describeCall', () => {
  it('names arguments', () => {
    expect(describeCall([0xc4000003n, 1n, 0x40000000n, 0n]).text).toBe(
      'PSCI_CPU_ON(target_cpu=0x1, entry_point_address=0x40000000, context_id=0x0)',
    );
    expect(describeCall([0xc4000150n, 0x10000n]).text).toBe('RMI_VERSION(req=1.0)');
    expect(describeCall([0xc40001cfn, MINUS(2n)]).text).toContain('E_RMM_BOOT_VERSION_MISMATCH');
  });

  it('sees through the SVE hint', () => {
    expect(describeCall([0xc4010151n, 0n]).name).toBe('RMI_GRANULE_DELEGATE');
  });

  it('says what kind of call an unknown one is', () => {
    expect(describeCall([0xc40001a5n])).toMatchObject({
      known: false,
      name: '0xc40001a5 (RSI (not in RMM 1.0))',
    });
    expect(describeCall([0x86000001n]).name).toContain('Vendor-specific Hypervisor');
  });
});

describe('describeReturn', () => {
  it.each([
    [0xc4000150, [1n, 0x10000n, 0x10000n], 'RMI_ERROR_INPUT', true],
    [0xc4000151, [0n], 'RMI_SUCCESS', false],
    [0xc400015d, [0x304n], 'RMI_ERROR_RTT', true],
    [0xc4000151, [MINUS(1n)], 'NOT_SUPPORTED', true],
    [0xc4000190, [1n], 'RSI_ERROR_INPUT', true],
    [0xc40001b0, [MINUS(3n)], 'E_RMM_BAD_PAS', true],
    [0xc4000003, [MINUS(4n)], 'ALREADY_ON', true],
    [0x84000002, [(0xffffffn << 8n) | 0xfdn], 'DENIED', true],
    [0x84000063, [0xffffffffn], 'NOT_SUPPORTED', true],
    [0x84000066, [0x84000060n, 0n, 0xfffffffan], 'FFA_ERROR DENIED', true],
    [0x84000066, [0x84000061n], 'FFA_SUCCESS', false],
    [0x32000004, [4n], 'OPTEE_SMC_RETURN_EBADADDR', true],
    [0x32000004, [0xffff0004n], 'OPTEE_SMC_RETURN_RPC', false],
    [0xc20000c9, [MINUS(3n)], 'SMC_ARCH_CALL_INVAL_PARAM', true],
    [0xc4000123, [MINUS(1n)], 'NOT_SUPPORTED', true],
  ])('reads %s returning %s', (id, registers, code, failed) => {
    expect(describeReturn(id, registers)).toMatchObject({ code, failed });
  });

  it('gives the level with RMI_ERROR_RTT and results on success', () => {
    expect(describeReturn(0xc400015d, [0x304n]).words).toContain('level 3');
    expect(describeReturn(0xc4000167, [0n, 5n]).text).toBe('RMI_SUCCESS (done): aux_count=0x5');
  });

  it('reads x0 as a value where it is one', () => {
    expect(describeReturn(0x84000000, [0x10001n]).text).toBe('version 1.1');
    expect(describeReturn(0xc4000004, [1n]).text).toBe('OFF');
  });

  it('never throws on any id and registers', () => {
    const ids = fc.oneof(fc.constantFrom(...FUNCTIONS.keys()), fc.nat(0xffffffff));
    fc.assert(
      fc.property(ids, fc.array(anyU64, { maxLength: 8 }), (id, registers) => {
        expect(describeCall([BigInt(id), ...registers]).text).not.toMatch(/undefined|NaN/);
        expect(describeReturn(id, registers).text).not.toMatch(/undefined|NaN/);
      }),
      { numRuns: 2000 },
    );
  });
});
