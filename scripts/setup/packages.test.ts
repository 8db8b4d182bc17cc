import { describe, expect, it } from 'vitest';
import { sumTallies, tallyReport } from './checks';
import { parseIndexTargets, sourcesList } from './mirror';
import { parseBinaryStanza, parseSourceUris } from './source';
import { comparePin, type PackageRecord } from './versions';

const a = 'a'.repeat(64);
const b = 'b'.repeat(64);

describe('the mirror', () => {
  it('is the one of the host’s apt, whatever its suite', () => {
    const targets = [
      'Vendor|Vendor|http://vendor.test/apt',
      'Debian|Debian-Security|http://mirror.test/debian-security/',
      'Debian|Debian|http://mirror.test/debian',
    ].join('\n');
    expect(parseIndexTargets(targets)).toEqual({
      main: 'http://mirror.test/debian',
      security: 'http://mirror.test/debian-security',
    });
    expect(parseIndexTargets('')).toEqual({ main: undefined, security: undefined });
  });

  it('is written with sources beside binaries', () => {
    const list = sourcesList('trixie', 'http://m.test', [{ site: 'http://s.test', suite: 'x' }]);
    expect(list.split('\n')).toEqual([
      'deb http://m.test trixie main',
      'deb-src http://m.test trixie main',
      'deb http://s.test x main',
      'deb-src http://s.test x main',
      '',
    ]);
  });
});

describe('what apt offers', () => {
  it('is read from the list of a source’s files', () => {
    const text = `Need to get 33 MB.
'http://mirror.test/u-boot_1%2bdeb.dsc' u-boot_1+deb.dsc 4329 SHA256:${a}
'http://mirror.test/u-boot_1.orig.tar.bz2' u-boot_1.orig.tar.bz2 32890299 SHA256:${b}
`;
    expect(parseSourceUris(text)).toEqual({
      version: '1+deb',
      files: { 'u-boot_1+deb.dsc': a, 'u-boot_1.orig.tar.bz2': b },
    });
    expect(() => parseSourceUris('E: Unable to find a source package')).toThrow('.dsc');
  });

  it('is read from a binary’s stanza', () => {
    const text = `Package: busybox-static\nVersion: 1:1.37\nFilename: pool/b/busybox_1.37_arm64.deb\nSHA256: ${a}\n`;
    expect(parseBinaryStanza(text)).toEqual({
      version: '1:1.37',
      files: { 'busybox_1.37_arm64.deb': a },
    });
    expect(() => parseBinaryStanza('')).toThrow('no version');
  });
});

describe('the versions Bootlink was tried with', () => {
  const record: PackageRecord = { kind: 'source', name: 'x', version: '1', files: { f: a } };
  const pinned = (version: string, sha256: string) => ({
    'src:x': { version, files: { f: sha256 } },
  });

  it('are the same', () => {
    expect(comparePin(pinned('1', a), record).state).toBe('same');
  });

  it('may be others, with a warning', () => {
    expect(comparePin(pinned('0', b), record).state).toBe('other');
    expect(comparePin({}, record).state).toBe('other');
  });

  it('may not be the same with other bytes', () => {
    const verdict = comparePin(pinned('1', b), record);
    expect(verdict.state).toBe('refused');
    expect(verdict).toHaveProperty('reason', expect.stringContaining(`f of src:x 1`));
  });
});

describe('the count of checks', () => {
  it('counts a test file that could not be loaded as a failure', () => {
    const report = {
      numPassedTests: 3,
      numFailedTests: 1,
      testResults: [
        { status: 'failed', assertionResults: [{}] },
        { status: 'failed', assertionResults: [] },
      ],
    };
    expect(tallyReport(report)).toEqual({ passed: 3, failed: 2 });
    expect(
      sumTallies([
        { passed: 1, failed: 0 },
        { passed: 3, failed: 2 },
      ]),
    ).toEqual({
      passed: 4,
      failed: 2,
    });
  });
});
