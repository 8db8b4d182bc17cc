import { expect, it } from 'vitest';
import type { Guest } from '../../src/machine/guest';
import { parallelLoad, withVcpus } from './smp';

const guest = { id: 'one', args: ['-M', 'virt', '-smp', '1', '-m', '64M'], snapshot: {} };

it('changes the number of vCPUs and leaves the snapshot behind', () => {
  const changed = withVcpus(guest as unknown as Guest, 4);
  expect(changed.args).toEqual(['-M', 'virt', '-smp', '4', '-m', '64M']);
  expect('snapshot' in changed).toBe(false);
  expect(guest.args[3]).toBe('1');
});

it('refuses a guest that does not say how many it has', () => {
  expect(() => withVcpus({ id: 'two', args: [] } as unknown as Guest, 2)).toThrow('two');
});

it('expects one digest from each vCPU', () => {
  const { command, result } = parallelLoad(2);
  expect(command.match(/md5sum &/g)).toHaveLength(2);
  expect(
    new RegExp(`^${result}$`).test(
      '96995b58d4cbf6aaa9041b4f00c7f6ae - 96995b58d4cbf6aaa9041b4f00c7f6ae',
    ),
  ).toBe(true);
});
