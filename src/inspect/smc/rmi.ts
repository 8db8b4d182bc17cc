/**
 * RMI: what the host asks of the RMM. RMM specification, DEN0137, version 1.0.
 * TRP, the test payload in TF-A 2.12, answers only VERSION, GRANULE_DELEGATE and
 * GRANULE_UNDELEGATE (services/std_svc/rmmd/trp).
 */
import { std64, table, value } from './call';
import { interfaceVersion, ripas, RMI_CODES, rttState } from './rmm-words';

const rd = 'rd: PA of the Realm descriptor';
const rec = 'rec: PA of the REC';
const ipa = 'ipa: address in the Realm';
const level = 'level: level of the Realm translation table';
const top = 'top: end of what was done, an IPA';

export const RMI = table(
  [
    {
      id: std64(0x150),
      name: 'RMI_VERSION',
      does: 'agrees on an interface version',
      args: [value('req: version asked for', interfaceVersion)],
      results: [
        value('lower: lowest version', interfaceVersion),
        value('higher: highest version', interfaceVersion),
      ],
    },
    {
      id: std64(0x151),
      name: 'RMI_GRANULE_DELEGATE',
      does: 'gives a granule of the host to the Realm world',
      args: ['addr: PA of the granule'],
    },
    {
      id: std64(0x152),
      name: 'RMI_GRANULE_UNDELEGATE',
      does: 'takes a granule back from the Realm world',
      args: ['addr: PA of the granule'],
    },
    {
      id: std64(0x153),
      name: 'RMI_DATA_CREATE',
      does: 'copies and measures a page into a new Realm',
      args: [rd, 'data: PA of the target granule', ipa, 'src: PA of the source', 'flags'],
    },
    {
      id: std64(0x154),
      name: 'RMI_DATA_CREATE_UNKNOWN',
      does: 'gives a Realm a page of unknown content',
      args: [rd, 'data: PA of the target granule', ipa],
    },
    {
      id: std64(0x155),
      name: 'RMI_DATA_DESTROY',
      does: 'takes a page from a Realm',
      args: [rd, ipa],
      results: ['data: PA of the page', top],
    },
    {
      id: std64(0x157),
      name: 'RMI_REALM_ACTIVATE',
      does: 'lets a Realm run: its measurement is final',
      args: [rd],
    },
    {
      id: std64(0x158),
      name: 'RMI_REALM_CREATE',
      does: 'makes a Realm',
      args: [rd, 'params_ptr: PA of the Realm parameters'],
    },
    { id: std64(0x159), name: 'RMI_REALM_DESTROY', does: 'ends a Realm', args: [rd] },
    {
      id: std64(0x15a),
      name: 'RMI_REC_CREATE',
      does: 'makes a REC, a vCPU of a Realm',
      args: [rd, rec, 'params_ptr: PA of the REC parameters'],
    },
    { id: std64(0x15b), name: 'RMI_REC_DESTROY', does: 'ends a REC', args: [rec] },
    {
      id: std64(0x15c),
      name: 'RMI_REC_ENTER',
      does: 'runs a REC until it exits',
      args: [rec, 'run_ptr: PA of the entry and exit structure'],
    },
    {
      id: std64(0x15d),
      name: 'RMI_RTT_CREATE',
      does: 'adds a Realm translation table',
      args: [rd, 'rtt: PA of the table', ipa, level],
    },
    {
      id: std64(0x15e),
      name: 'RMI_RTT_DESTROY',
      does: 'removes a Realm translation table',
      args: [rd, ipa, level],
      results: ['rtt: PA of the table', top],
    },
    {
      id: std64(0x15f),
      name: 'RMI_RTT_MAP_UNPROTECTED',
      does: 'maps host memory into a Realm',
      args: [rd, ipa, level, 'desc: the table entry'],
    },
    {
      id: std64(0x161),
      name: 'RMI_RTT_READ_ENTRY',
      does: 'reads a Realm translation table entry',
      args: [rd, ipa, level],
      results: ['walk_level', value('state', rttState), 'desc', value('ripas', ripas)],
    },
    {
      id: std64(0x162),
      name: 'RMI_RTT_UNMAP_UNPROTECTED',
      does: 'unmaps host memory from a Realm',
      args: [rd, ipa, level],
      results: [top],
    },
    {
      id: std64(0x164),
      name: 'RMI_PSCI_COMPLETE',
      does: "answers a Realm's PSCI call",
      args: ['calling_rec: PA', 'target_rec: PA', 'status: PSCI code'],
    },
    {
      id: std64(0x165),
      name: 'RMI_FEATURES',
      does: 'reads a feature register',
      args: ['index'],
      results: ['value'],
    },
    {
      id: std64(0x166),
      name: 'RMI_RTT_FOLD',
      does: 'replaces a table by one larger entry',
      args: [rd, ipa, level],
      results: ['rtt: PA of the table'],
    },
    {
      id: std64(0x167),
      name: 'RMI_REC_AUX_COUNT',
      does: 'asks how many extra granules a REC needs',
      args: [rd],
      results: ['aux_count'],
    },
    {
      id: std64(0x168),
      name: 'RMI_RTT_INIT_RIPAS',
      does: 'marks a range as RAM before the Realm runs',
      args: [rd, 'base: IPA', 'top: IPA'],
      results: [top],
    },
    {
      id: std64(0x169),
      name: 'RMI_RTT_SET_RIPAS',
      does: 'carries out the state change a Realm asked for',
      args: [rd, rec, 'base: IPA', 'top: IPA'],
      results: [top],
    },
  ],
  RMI_CODES,
  'Realm Management Monitor specification (DEN0137) 1.0',
);
