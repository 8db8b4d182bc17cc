import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fields, impliedKeys } from './fields';
import { fromArgs } from './from-args';
import { flatten, nest, parseOptionList, printOptionList } from './options';
import { toArgs } from './to-args';

function pairs(text: string, implied?: string): [string, string][] {
  return parseOptionList(text, implied).entries.map(({ key, value }) => [key, value]);
}

describe('key=value lists', () => {
  it('are read as QEMU does', () => {
    expect(pairs('virt,secure=on', 'type')).toEqual([
      ['type', 'virt'],
      ['secure', 'on'],
    ]);
    expect(pairs('a,,b,c=d,,e', 'x')).toEqual([
      ['x', 'a,b'],
      ['c', 'd,e'],
    ]);
    expect(pairs('server,nowait')).toEqual([
      ['server', 'on'],
      ['wait', 'off'],
    ]);
    expect(pairs('a=b=c,d=')).toEqual([
      ['a', 'b=c'],
      ['d', ''],
    ]);
    expect(parseOptionList('nvme,help', 'driver').help).toBe(true);
    expect(pairs('')).toEqual([]);
  });

  it('come back from what is printed', () => {
    const key = fc.stringMatching(/^[a-z][a-z0-9_.-]{0,6}$/);
    const list = fc.uniqueArray(fc.tuple(key, fc.string()), { selector: ([k]) => k, minLength: 1 });
    fc.assert(
      fc.property(list, fc.boolean(), (entries, implied) => {
        const first = implied ? entries[0]?.[0] : undefined;
        expect(pairs(printOptionList(entries, first), first)).toEqual(entries);
      }),
    );
  });

  it('nest by dots, and lists by number', () => {
    const entries = pairs('driver=qcow2,file.driver=file,file.filename=x,a.0=p,a.1.b=q');
    const value = {
      driver: 'qcow2',
      file: { driver: 'file', filename: 'x' },
      a: ['p', { b: 'q' }],
    };
    expect(nest(entries)).toEqual({ ok: true, value });
    expect(flatten(value)).toEqual(entries);
    expect(nest(pairs('a=1,a.b=2'))).toMatchObject({ ok: false, key: 'a.b' });
    expect(nest(pairs('a.1=x'))).toMatchObject({ ok: false, key: 'a' });
    expect(nest(pairs('__proto__.x=1'))).toMatchObject({ ok: false });
  });
});

describe('options', () => {
  it('have the implied keys that the editor is told', () => {
    for (const field of fields) {
      const key = impliedKeys[field.option.slice(1)];
      const word = key === 'cpus' || key === 'size' ? '4' : field.option === '-numa' ? 'node' : 'w';
      const reading = field.read(word);
      const value = 'value' in reading ? reading.value : undefined;
      if (key === undefined) expect(Object.keys(Object(value) as object)).not.toEqual(['type']);
      else expect(Object.entries(value as object)).toEqual([[key, key === 'cpus' ? 4 : word]]);
    }
  });

  it.each([
    [
      '-device {"driver":"nvme","serial":"a","msix":true}',
      '-device {"driver":"nvme","serial":"a","msix":true}',
    ],
    ['-device {"driver":"nvme","serial":"a"}', '-device nvme,serial=a'],
    [
      '-blockdev {"driver":"raw","node-name":"n","file":{"driver":"file","filename":"x"}}',
      '-blockdev raw,node-name=n,file.driver=file,file.filename=x',
    ],
    ['-M virt -M acpi=off,secure=on -machine virt-9.0', '-machine virt-9.0,acpi=off,secure=on'],
    ['--enable-kvm -m 1G -m slots=2', '-accel kvm -m 1G,slots=2'],
    ['-smp cpus=4,threads=2 -smp 8', '-smp 8,threads=2'],
    ['-kernel a -kernel b', '-kernel b'],
    ['disk.img', '-hda disk.img'],
    ['-global driver=nvme,property=msix,value=off', '-global nvme.msix=off'],
    ['-pflash a -drive if=pflash,file=b,unit=1', '-pflash a -drive if=pflash,file=b,unit=1'],
    ['-semihosting-config enable=on,arg=a,arg=b', '-semihosting-config on,arg=a,arg=b'],
    ['-d int,guest_errors -D log', '-d int,guest_errors -D log'],
    ['-netdev user,id=n,hostfwd=a,hostfwd=b', '-netdev user,id=n,hostfwd=a,hostfwd=b'],
    ['-rtc base=utc -icount 3,sleep=off', '-icount 3,sleep=off -rtc base=utc'],
  ])('%s is %s in canonical form', (line, wanted) => {
    const { machine } = fromArgs(line.split(' '));
    const args = toArgs(machine)
      .join(' ')
      .replaceAll('file=b,if=pflash,unit', 'if=pflash,file=b,unit');
    expect(args).toBe(wanted);
  });

  it('that are not understood stay, with a reason', () => {
    const { machine, diagnostics } = fromArgs([
      '-smp',
      'x=1',
      '-blockdev',
      '{"a"',
      '-cpu',
      'help',
      '-m',
    ]);
    expect(machine.extra).toEqual(['-smp', 'x=1', '-blockdev', '{"a"', '-cpu', 'help', '-m']);
    expect(diagnostics.map(({ code }) => code)).toEqual([
      'bad-argument',
      'bad-json',
      'question',
      'missing-argument',
    ]);
  });
});
