import { expect, test } from 'vitest';
import type { Guest, GuestImage } from '../../machine/guest.js';
import { settleBlockNodes } from './block-nodes.js';
import { sampleGuest } from './sample-guest.test-data.js';

const image = (name: string, use: GuestImage['use']): GuestImage => ({
  name,
  use,
  url: '',
  sha256: '0'.repeat(64),
  size: 512,
  wireBytes: 0,
  encoding: 'identity',
  readOnly: false,
});

function settled(...args: string[]): string[] {
  const guest: Guest = {
    ...sampleGuest(),
    images: [image('code.fd', 'disk'), image('mine', 'disk'), image('kernel', 'file')],
    args,
  };
  return settleBlockNodes(guest, ({ name }) => (name === 'mine' ? 'bootlink-storage' : 'bootlink'))
    .args;
}

test('a file node of a disk image becomes a drive on the driver that serves it', () => {
  const code = 'node-name=a,driver=file,filename=image:code.fd,read-only=on';
  expect(settled('-blockdev', code)).toEqual([
    '-drive',
    'if=none,node-name=a,driver=bootlink,read-only=on,image=code.fd',
  ]);
});

test('at every level, and where the driver is left out', () => {
  expect(
    settled(
      ...['-blockdev', 'driver=qcow2,node-name=a,file.driver=file,file.filename=image:mine'],
      ...['-drive', 'if=none,id=d,file.filename=image:mine,format=raw'],
    ),
  ).toEqual([
    ...['-drive', 'if=none,driver=qcow2,node-name=a,file.driver=bootlink-storage,file.image=mine'],
    ...['-drive', 'if=none,id=d,format=raw,file.driver=bootlink-storage,file.image=mine'],
  ]);
});

test('a node that refers to one gets it written out', () => {
  const below = { driver: 'file', 'node-name': 'f', filename: 'image:mine', 'read-only': true };
  expect(
    settled('-blockdev', JSON.stringify(below), '-blockdev', 'driver=raw,node-name=r,file=f'),
  ).toEqual([
    '-drive',
    'if=none,driver=raw,node-name=r,file.driver=bootlink-storage,file.node-name=f,file.read-only=on,file.image=mine',
  ]);
});

test('files, other drivers, other options and damaged JSON stay as they are', () => {
  const args = [
    ...['-blockdev', 'driver=file,filename=image:kernel'],
    ...['-blockdev', 'driver=nbd,filename=image:mine'],
    ...['-drive', 'file=image:mine,format=raw'],
    ...['-device', 'loader,filename=image:mine'],
    ...['-blockdev', '{"driver"'],
  ];
  expect(settled(...args)).toEqual(args);
});
