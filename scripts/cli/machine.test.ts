import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { seeds } from '../../src/machine/seeds.fixture';

// Each run starts Node and tsx.
vi.setConfig({ testTimeout: 60_000 });

const bin = fileURLToPath(new URL('./bootlink.mjs', import.meta.url));
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlink-cli-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function bootlink(args: string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    input,
    encoding: 'utf8',
    cwd: folder,
  });
  return { status, stdout, stderr };
}

describe('npx bootlink', () => {
  it('lists its commands, and refuses others with exit code 2', () => {
    expect(bootlink(['--help'])).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/machine[^]*link[^]*initrd/) as string,
    });
    expect(bootlink(['mahcine'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('"mahcine"') as string,
    });
    expect(bootlink(['machine'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--from-args') as string,
    });
    expect(bootlink(['machine', '--to-args', 'none.json'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('none.json') as string,
    });
  });

  it('command line -> machine -> link -> machine -> command line', () => {
    const line = seeds['NVMe behind a root port'] ?? '';
    const machine = bootlink(['machine', '--from-args', '-'], line);
    expect(machine.status).toBe(0);
    expect(machine.stderr).toMatch(/^3:8: info: "disks\/nvme.img" is a file of the host/m);
    const file = join(folder, 'nvme.bootlink.json');
    writeFileSync(file, machine.stdout);
    const link = bootlink(['link', file, '--site', 'https://bootlink.example/']);
    expect(link).toMatchObject({ status: 0, stderr: '' });
    expect(link.stdout).toMatch(/^https:\/\/bootlink\.example\/#m1\.[\w-]+\n$/);
    const opened = bootlink(['link', link.stdout.trim()]);
    expect(opened.status).toBe(0);
    expect(opened.stdout).toBe(machine.stdout);
    expect(opened.stderr).toMatch(/needs the file nvme\.img \(disks\/nvme\.img\)/);
    const back = bootlink(['machine', '--to-args', '-'], opened.stdout);
    expect(back.stdout).toContain(
      '-device nvme,bus=root_port_for_nvme1,serial=deadbeef,drive=nvme',
    );
    // A piece of a line has no board, which --to-args calls an error.
    expect(back.status).toBe(1);
    expect(back.stderr).toMatch(/^board: error: No board is named/m);
  });

  it('says what is wrong, where, and gives exit code 1', () => {
    const bad = bootlink(
      ['machine', '--from-args', '-'],
      'qemu-system-aarch64 -M virt \\\n -smp 4,corse=2',
    );
    expect(bad.status).toBe(1);
    expect(bad.stderr).toMatch(/^2:7: error: .*corse/m);
    expect(JSON.parse(bad.stdout)).toMatchObject({ extra: ['-smp', '4,corse=2'] });
    const realm = bootlink(['machine', '--from-args', '-'], seeds['a Realm guest']);
    expect(realm.status).toBe(1);
    expect(realm.stderr).toMatch(/^3:11: error: Object "rme-guest"/m);
    expect(bootlink(['link', '#m9.AAAA'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('newer Bootlink') as string,
    });
    expect(bootlink(['link', '-'], '{"format":1,"kernel":3}')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('"kernel"') as string,
    });
  });
});
