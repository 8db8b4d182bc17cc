import { expect, it } from 'vitest';
import { formatTable } from './table';

it('makes columns as wide as their widest cell, numbers to the right', () => {
  const columns = [
    { title: 'what', align: 'left' },
    { title: 'tab', align: 'right' },
    { title: 'x', align: 'right' },
  ] as const;
  expect(
    formatTable(columns, [
      ['cold boot', '1.50 s', '2'],
      ['a', '12.00 s', ''],
    ]),
  ).toEqual([
    'what           tab  x',
    '---------  -------  -',
    'cold boot   1.50 s  2',
    'a          12.00 s',
  ]);
});

it('prints titles when there are no rows', () => {
  expect(formatTable([{ title: 'what', align: 'left' }], [])).toEqual(['what', '----']);
});
