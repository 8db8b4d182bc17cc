import { afterEach, describe, expect, it } from 'vitest';
import type { Guest } from '../machine/guest.js';
import { guests } from '../machine/guests.fixture.js';
import { attach, attachments, detach, withAttachments } from './attachments.js';

const guest = guests[0] as Guest;
const disk = { id: 'd', title: 'mine', size: 1 << 20, access: 'write' as const };
const disksOf = ({ args }: Guest): number =>
  args.filter((each) => each.includes('image:disk')).length;

afterEach(() => (attachments.value = []));

describe('what is attached to a machine', () => {
  it('is there once, however often the machine is booted from its last run', () => {
    attach({ guest: guest.id, slot: undefined, disk });
    const first = withAttachments(guest);
    const again = withAttachments(withAttachments(first.guest).guest);
    expect(disksOf(again.guest)).toBe(1);
    expect(again.guest.args).toEqual(first.guest.args);
    expect(Object.keys(again.disks)).toEqual(['disk0']);
  });

  it('is gone from the next boot once it was detached', () => {
    attach({ guest: guest.id, slot: undefined, disk });
    const { guest: ran } = withAttachments(guest);
    detach(guest.id, disk.id);
    expect(withAttachments(ran)).toEqual({ guest, disks: {}, ownFiles: {} });
  });
});
