import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seeds } from '../seeds.fixture';
import type { Machine } from '../schema';
import { sampleCapabilities } from './capabilities.fixture';
import { check } from './check';
import { complete, type Suggestion } from './complete';
import { folds } from './fold';
import { hover, signature } from './hover';
import { editorSchema } from './json-schema';
import type { Knowledge } from './vocabulary';

function know(source: string, base?: Machine): Knowledge {
  return {
    capabilities: sampleCapabilities,
    machine: check(source, base, sampleCapabilities).machine,
  };
}

/** Splits at the mark that stands for the cursor. */
function marked(text: string): { source: string; offset: number } {
  const offset = text.indexOf('‸');
  return { source: text.replace('‸', ''), offset };
}

function suggest(text: string): Suggestion[] {
  const { source, offset } = marked(text);
  return complete(source, offset, know(source));
}

const namesOf = (suggestions: readonly Suggestion[]) => suggestions.map(({ name }) => name);

/** The text after the suggestion of this name was taken. */
function take(text: string, name: string): string {
  const { source } = marked(text);
  const chosen = suggest(text).find((each) => each.name === name);
  if (chosen === undefined) throw new Error(`${name} is not offered.`);
  return source.slice(0, chosen.range.start) + chosen.insert + source.slice(chosen.range.end);
}

describe('completion', () => {
  it('offers options, with a blank where an argument follows', () => {
    expect(take('qemu-system-aarch64 -M virt -dev‸', '-device')).toBe(
      'qemu-system-aarch64 -M virt -device ',
    );
    expect(take('qemu-system-aarch64 -nodef‸', '-nodefaults')).toBe(
      'qemu-system-aarch64 -nodefaults',
    );
  });

  it('offers no option that a tab cannot have', () => {
    const names = namesOf(suggest('qemu-system-aarch64 -M virt -‸'));
    expect(names).toContain('-device');
    expect(names).not.toContain('-daemonize');
  });

  it('offers boards by name and alias, models, devices, objects and back ends', () => {
    expect(namesOf(suggest('-M ‸'))).toEqual(['virt-10.0', 'virt', 'sbsa-ref']);
    expect(namesOf(suggest('-M virt -cpu m‸'))).toEqual(['max']);
    expect(namesOf(suggest('-device nv‸'))).toEqual(['nvme']);
    expect(namesOf(suggest('-object ‸'))).toEqual(['memory-backend-ram']);
    expect(namesOf(suggest('-netdev ‸'))).toEqual(['nic', 'user']);
  });

  it('offers what the board, model or device has, but not what is given already', () => {
    expect(namesOf(suggest('-M virt,secure=on,‸'))).toEqual(['gic-version', 'pflash0']);
    expect(namesOf(suggest('-M virt -cpu max,x‸'))).toEqual(['x-rme']);
    expect(namesOf(suggest('-device nvme,serial=1,‸'))).toEqual([
      ...['id', 'bus', 'drive', 'mdts', 'write-cache'],
    ]);
  });

  it('replaces the key that is being written, and only that', () => {
    expect(take('-device nvme,dr‸=x,serial=1', 'drive')).toBe('-device nvme,drive==x,serial=1');
    expect(take('-device nvme,dr‸,serial=1', 'drive')).toBe('-device nvme,drive=,serial=1');
  });

  it('offers values: words of an enumeration, on and off, and the ids of the machine', () => {
    expect(namesOf(suggest('-M virt,gic-version=‸'))).toEqual(['2', '3', '4', 'max']);
    expect(namesOf(suggest('-M virt,secure=‸'))).toEqual(['on', 'off']);
    expect(
      namesOf(suggest('-drive if=none,id=disk0,file=a.img -device nvme,serial=1,drive=‸')),
    ).toEqual(['disk0']);
    expect(namesOf(suggest('-netdev user,id=n0 -device virtio-net,netdev=‸'))).toEqual(['n0']);
  });

  it('goes on across continued lines, and inside quotes', () => {
    expect(namesOf(suggest('qemu-system-aarch64 \\\n  -device \\\n  nv‸'))).toEqual(['nvme']);
    expect(take("-device 'nvme,ser‸'", 'serial')).toBe("-device 'nvme,serial='");
  });

  it('offers log items after each comma, and trace events by any part of their name', () => {
    expect(namesOf(suggest('-d int,gu‸'))).toEqual(['guest_errors']);
    expect(namesOf(suggest('-trace dist‸'))).toEqual(['gicv3_dist_read', 'gicv3_dist_write']);
  });

  it('offers DRIVER.PROPERTY for -global', () => {
    expect(take('-global nvme.m‸', 'nvme.mdts')).toBe('-global nvme.mdts=');
  });
});

describe('hover and signature help', () => {
  it('say what an option, a device and a property are', () => {
    const at = (text: string) => {
      const { source, offset } = marked(text);
      return hover(source, offset, know(source))?.text ?? '';
    };
    expect(at('-dev‸ice nvme')).toContain('A device and its properties.');
    expect(at('-device nv‸me,serial=1')).toContain('Non-Volatile Memory Express');
    expect(at('-device nvme,md‸ts=3')).toContain('mdts: uint8 = 7');
    expect(at('-M virt,gic-version=‸3')).toContain('interrupt controller');
    expect(at('-dae‸monize -M virt')).toContain('Here: ');
  });

  it('give the form of the argument, with the part that is being written', () => {
    const { source, offset } = marked('-drive file=a.img,if=‸none');
    const help = signature(source, offset, know(source));
    expect(help?.label).toBe('-drive file=IMAGE,if=BUS,format=FORMAT,id=ID,OPTION=VALUE…');
    const [start, end] = help?.parameters[help.active] ?? [0, 0];
    expect(help?.label.slice(start, end)).toBe('if=BUS');
  });
});

describe('diagnostics', () => {
  it('stand where the fault is, and carry its fix', () => {
    const source = 'qemu-system-aarch64 -M virt -device nvmee,serial=1';
    const found = check(source, undefined, sampleCapabilities).diagnostics.find(
      ({ code }) => code === 'unknown-device',
    );
    expect(source.slice(found?.range.start, found?.range.end)).toContain('nvmee');
    const [edit] = found?.fix?.edits ?? [];
    expect(
      edit && source.slice(0, edit.range.start) + edit.text + source.slice(edit.range.end),
    ).toBe('qemu-system-aarch64 -M virt -device nvme,serial=1');
  });

  it('name a property of a device that it has not', () => {
    const source = '-M virt -device nvme,serail=1';
    const { diagnostics } = check(source, undefined, sampleCapabilities);
    const found = diagnostics.find(({ code }) => code === 'unknown-property');
    expect(found?.message).toContain('serail');
    expect(found?.fix?.title).toBe('Change to serial');
  });

  it('say nothing of a machine that is right', () => {
    expect(check('-M virt -cpu max', undefined, sampleCapabilities).diagnostics).toEqual([]);
  });
});

describe('folding', () => {
  it('folds continued lines and runs of comments', () => {
    expect(folds('# a\n# b\nqemu \\\n  -M virt \\\n  -S\nls')).toEqual([
      { start: 0, end: 1, kind: 'comment' },
      { start: 2, end: 4, kind: 'command' },
    ]);
    expect(folds('one line')).toEqual([]);
  });
});

describe('on any text', () => {
  it('nothing throws, and every range lies in the text', () => {
    const lines = Object.values(seeds);
    const text = fc
      .tuple(fc.constantFrom(...lines), fc.nat(), fc.string({ maxLength: 6 }))
      .map(([line, at, noise]) => {
        const cut = at % (line.length + 1);
        return line.slice(0, cut) + noise + line.slice(cut);
      });
    fc.assert(
      fc.property(text, fc.nat(), (source, seed) => {
        const offset = seed % (source.length + 1);
        const knowledge = know(source);
        const inside = ({ start, end }: { start: number; end: number }) => {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(start).toBeLessThanOrEqual(end);
          expect(end).toBeLessThanOrEqual(source.length);
        };
        for (const each of complete(source, offset, knowledge)) inside(each.range);
        const hovered = hover(source, offset, knowledge);
        if (hovered !== undefined) inside(hovered.range);
        signature(source, offset, knowledge);
        for (const each of check(source, undefined, sampleCapabilities).diagnostics) {
          inside(each.range);
          for (const edit of each.fix?.edits ?? []) inside(edit.range);
        }
        for (const each of folds(source)) expect(each.end).toBeGreaterThan(each.start);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the editor’s JSON Schema', () => {
  it('offers names and properties of the engine, and stays open to others', () => {
    const schema = JSON.stringify(editorSchema(sampleCapabilities));
    expect(schema).toContain('"enum":["virt-10.0","virt","sbsa-ref"]');
    expect(schema).toContain('"write-cache"');
    const plain = editorSchema(undefined) as { properties: Record<string, unknown> };
    expect(Object.keys(plain.properties)).toContain('devices');
  });
});
