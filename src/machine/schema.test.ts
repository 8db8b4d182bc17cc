import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { machineJsonSchema } from './json-schema';
import { Machine } from './schema';

describe('the schema of a machine', () => {
  it('takes numbers and switches the way people write JSON', () => {
    const written = {
      format: 1,
      board: { type: 'virt', secure: true },
      memory: { size: 512 },
      drives: [{ file: 'image:x', unit: 1, readonly: false }],
    };
    expect(v.parse(Machine, written)).toEqual({
      format: 1,
      board: { type: 'virt', secure: 'on' },
      memory: { size: '512' },
      drives: [{ file: 'image:x', unit: '1', readonly: 'off' }],
    });
  });

  it.each([
    ['an unknown part', { format: 1, cpus: 4 }],
    ['another format', { format: 0 }],
    ['a wrong size', { format: 1, memory: { size: 'lots' } }],
    ['a flash drive among the disks', { format: 1, drives: [{ if: 'pflash' }] }],
    ['a URL without a hash', { format: 1, images: [{ name: 'a', url: 'https://x.example/' }] }],
    [
      'a URL of another kind',
      { format: 1, images: [{ name: 'a', sha256: 'a'.repeat(64), url: 'file:///etc' }] },
    ],
    [
      'a URL with a password',
      { format: 1, images: [{ name: 'a', sha256: 'a'.repeat(64), url: 'https://u:p@x.example/' }] },
    ],
    ['two images of a name', { format: 1, images: [{ name: 'a' }, { name: 'a' }] }],
    ['a key that is none', { format: 1, board: { 'a,b': 'c' } }],
    ['an empty list', { format: 1, drives: [] }],
    ['a NUL', { format: 1, append: 'a\0b' }],
  ])('refuses %s', (_, value) => {
    expect(v.safeParse(Machine, value).success).toBe(false);
  });

  it('takes no value of another kind, and never throws', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(v.safeParse(Machine, value).success).toBe(false);
      }),
    );
  });

  it('has a JSON Schema with a description for every part people edit', () => {
    const schema = machineJsonSchema();
    expect(schema.type).toBe('object');
    expect(Object.keys(schema.properties ?? {})).toEqual(Object.keys(Machine.entries));
    expect(schema.properties?.['board']).toMatchObject({
      description: expect.any(String) as string,
    });
    expect(JSON.stringify(schema)).toContain('"hda"');
  });
});
