/** TRNG, DEN0098: random numbers from firmware. */
import { both, std32, table, version, type ReturnCodes } from './call';

const CODES: ReturnCodes = {
  0: ['SUCCESS', 'done'],
  [-1]: ['NOT_SUPPORTED', 'not implemented'],
  [-2]: ['INVALID_PARAMETERS', 'more bits asked for than one call gives'],
  [-3]: ['NO_ENTROPY', 'not enough entropy now; ask again'],
};

export const TRNG = table(
  [
    { id: std32(0x50), name: 'TRNG_VERSION', does: 'asks for the version', result: version },
    {
      id: std32(0x51),
      name: 'TRNG_FEATURES',
      does: 'asks whether a function is implemented',
      args: ['trng_func_id'],
    },
    {
      id: std32(0x52),
      name: 'TRNG_GET_UUID',
      does: 'asks which source it is',
      result: (v) => `UUID word 0x${v.toString(16)}`,
    },
    ...both(0x53, {
      name: 'TRNG_RND',
      does: 'asks for random bits',
      args: ['N: how many bits'],
      results: ['entropy, high part', 'entropy, middle part', 'entropy, low part'],
    }),
  ],
  CODES,
  'TRNG Firmware Interface (DEN0098)',
);
