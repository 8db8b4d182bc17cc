import fc from 'fast-check';
import * as v from 'valibot';
import { Machine } from './schema';
import { shortDriveForms } from './schema/images';
import type { Json } from './schema/text';

/** Generated machines in canonical form, for the round-trip properties. */

const imageNames = ['firmware.fd', 'kernel', 'disk-1.img', 'disk-2.img', 'folder', 'spare'];
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }).map((s) => s.replaceAll('\0', '')),
  fc.constantFrom('on', 'off', 'help', '?', ',', ',,', 'a=b,c', "it's", '$HOME', '', '-1', '{}'),
);
const filled = fc.constantFrom('on', 'off', '1', '0x10', 'a,b', 'x y', 'help', 'é=ü');
const id = fc.stringMatching(/^[a-z][a-z0-9._-]{0,6}$/);
const key = fc.stringMatching(/^[a-z][a-z0-9_.-]{0,8}$/).filter((k) => !reserved.has(k));
const reserved = new Set(
  'type model accel size slots maxmem shift driver id bus backend form file if enable name string gen_id kernel initrd dtb firmware romfile filename dir property value node-name qom-type constructor prototype'.split(
    ' ',
  ),
);
const file = fc.constantFrom(...imageNames, 'dangling').map((name) => `image:${name}`);
const typed: fc.Arbitrary<Json> = fc.oneof(
  text,
  fc.boolean(),
  fc.integer(),
  fc.constant(null),
  fc.array(text, { maxLength: 2 }),
);
const nestedValue: fc.Arbitrary<Json> = fc.letrec<{ node: Json }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    typed,
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(
      key.filter((k) => !k.endsWith('filename') && !k.endsWith('dir')),
      tie('node'),
      { maxKeys: 3, noNullPrototype: true },
    ),
  ),
})).node;

function options<Value>(value: fc.Arbitrary<Value>, maxKeys = 4) {
  return fc
    .dictionary(key, value, { maxKeys, noNullPrototype: true })
    .map((entries) =>
      Object.fromEntries(
        Object.entries(entries).filter(([k]) => !/(?:^|\.)(?:filename|dir)$/.test(k)),
      ),
    );
}

/** Named keys, some of them left out, and others. */
function withOptions(
  named: Record<string, fc.Arbitrary<unknown>>,
  required: string[],
  value: fc.Arbitrary<unknown> = text,
) {
  return fc
    .tuple(fc.record(named, { requiredKeys: required, noNullPrototype: true }), options(value))
    .map(([known, rest]) => ({ ...rest, ...known }));
}

const repeated = fc.oneof(text, fc.array(text, { minLength: 2, maxLength: 3 }));
const count = fc.integer({ min: 1, max: 64 });
const size = fc.constantFrom('512M', '1G', '1.5G', '640', '0x20000000');

const drive = withOptions({ file, id, if: fc.constantFrom('none', 'ide', 'virtio') }, []);
const shortDrive = fc
  .tuple(fc.constantFrom(...shortDriveForms.filter((form) => form !== 'pflash')), file)
  .map(([form, name]) => ({ form, file: name }));
const fatDrive = fc
  .constantFrom('fat:', 'fat:ro:', 'fat:rw:', 'fat:floppy:rw:', 'file:')
  .map((prefix) => ({ file: `${prefix}image:folder`, format: 'raw' }));
const flash = fc.oneof(
  file.map((name) => ({ form: 'pflash', file: name })),
  withOptions({ file }, ['file']).map((entries) => ({ ...entries, if: 'pflash' })),
);
const device = fc.oneof(
  withOptions({ driver: filled, id, bus: text }, ['driver'], fc.oneof(text, typed)),
  withOptions({ driver: filled, id, bus: text }, ['driver']),
  fc.record({ driver: fc.constant('loader'), file, addr: fc.constant('0x1000') }),
  fc.record({ driver: fc.constant('guest-loader'), kernel: file }),
  fc.record({ driver: fc.constant('virtio-net-pci'), romfile: fc.oneof(file, fc.constant('')) }),
);
const blockdev = fc.oneof(
  withOptions({ driver: filled, 'node-name': id }, ['driver'], nestedValue),
  fc.record({ driver: fc.constant('file'), 'node-name': id, filename: file }),
  fc.record({
    driver: fc.constant('qcow2'),
    file: fc.record({ driver: fc.constant('file'), filename: file }),
  }),
  fc.record({ driver: fc.constant('vvfat'), dir: fc.constant('image:folder'), rw: fc.boolean() }),
);
const sha256 = fc.stringMatching(/^[0-9a-f]{64}$/);
const images = fc
  .tuple(
    ...imageNames.map((name) =>
      fc.oneof(
        fc.record(
          { name: fc.constant(name), sha256, size: fc.nat() },
          { requiredKeys: ['name', 'sha256'] },
        ),
        fc.record({ name: fc.constant(name), catalogue: fc.constant(`rme/${name}`) }),
        fc.record({
          name: fc.constant(name),
          sha256,
          url: fc.constant('https://images.example:8443/a?b=c'),
          path: fc.constant('./x'),
        }),
        fc.record({
          name: fc.constant(name),
          path: fc.constantFrom('./a b', '${CODE}', 'image:x', 'nbd:x', '/dev/a'),
        }),
        fc.constant({ name }),
      ),
    ),
  )
  .chain((all) => fc.subarray(all));
const extra = fc
  .array(
    fc.constantFrom(
      ['-rtc', 'base=utc'],
      ['-bogus'],
      ['-bogus', 'value'],
      ['-qmp', 'unix:/x'],
      ['-smp', 'nonsense=1'],
      ['-device', 'help'],
      ['-daemonize'],
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((groups) => groups.flat());

function some<Item>(item: fc.Arbitrary<Item>) {
  return fc.array(item, { minLength: 1, maxLength: 3 });
}
const nonEmpty = (value: object) => Object.keys(value).length > 0;

const parts = {
  guest: fc.constantFrom('sbsa-ref', 'rme'),
  title: fc.string({ unit: 'grapheme' }),
  notes: fc.string({ unit: 'grapheme' }),
  board: withOptions({ type: filled, kernel: file }, []),
  accelerators: some(withOptions({ accel: fc.constantFrom('tcg', 'kvm', 'a=b') }, ['accel'])),
  cpu: withOptions({ model: fc.constantFrom('max', 'host', 'cortex-a57') }, ['model']),
  smp: fc.record(
    { cpus: count, sockets: count, clusters: count, cores: count, threads: count, maxcpus: count },
    { requiredKeys: [] },
  ),
  memory: fc.record({ size, slots: fc.nat(256), maxmem: size }, { requiredKeys: [] }),
  objects: some(withOptions({ 'qom-type': filled, id }, ['qom-type'], nestedValue)),
  numa: some(withOptions({ type: fc.constantFrom('node', 'dist') }, ['type'], repeated)),
  firmware: fc.record({ bios: file, flash: some(flash) }, { requiredKeys: [] }).filter(nonEmpty),
  kernel: file,
  initrd: file,
  append: text,
  dtb: file,
  blockdevs: some(blockdev),
  drives: some(fc.oneof(drive, shortDrive, fatDrive)),
  chardevs: some(withOptions({ backend: filled, id }, ['backend'])),
  serial: some(text),
  monitor: some(text),
  netdevs: some(withOptions({ type: filled, id }, ['type'], repeated)),
  nics: some(withOptions({ type: filled }, ['type'], repeated)),
  net: some(withOptions({ type: filled }, ['type'], repeated)),
  display: fc
    .record(
      {
        nographic: fc.constant(true),
        vga: filled,
        display: withOptions({ type: filled }, ['type']),
      },
      { requiredKeys: [] },
    )
    .filter(nonEmpty),
  devices: some(device),
  globals: some(
    fc.record({ driver: id.map((s) => s.replaceAll('.', '')), property: id, value: text }),
  ),
  fwCfg: some(withOptions({ name: text, string: text, file }, [])),
  semihosting: withOptions({ enable: filled }, [], repeated),
  icount: withOptions({ shift: filled }, []),
  log: fc
    .record(
      { items: some(fc.constantFrom('int', 'guest_errors', 'trace:x*')), filter: text },
      { requiredKeys: [] },
    )
    .filter(nonEmpty),
  trace: some(withOptions({ enable: filled }, [])),
  switches: fc.subarray(['nodefaults', 'no-reboot', 'S', 'snapshot'], { minLength: 1 }),
  extra,
  consoles: fc.uniqueArray(
    fc.record(
      { id, role: fc.constantFrom('firmware', 'secure', 'host') },
      { requiredKeys: ['id'] },
    ),
    { minLength: 1, maxLength: 3, selector: (console) => console.id },
  ),
  script: some(
    fc.record({ console: id, expect: text, send: text }, { requiredKeys: ['console', 'send'] }),
  ),
};

/** Images that are still to be filled stay only while something names them. */
function withUsedImages(machine: Record<string, unknown>, all: { name: string }[]) {
  const said = JSON.stringify(machine);
  const kept = all.filter(
    (image) => 'sha256' in image || 'catalogue' in image || said.includes(`image:${image.name}"`),
  );
  return kept.length === 0 ? machine : { ...machine, images: kept };
}

export const machines: fc.Arbitrary<Machine> = fc
  .tuple(fc.record(parts, { requiredKeys: [], noNullPrototype: true }), images)
  .map(([machine, all]) => v.parse(Machine, withUsedImages({ format: 1, ...machine }, all)));
