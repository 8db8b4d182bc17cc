/**
 * The image's /init: a script for busybox's shell, meant to be read and edited.
 * Process 1 must never end (the kernel would panic), so it ends by powering off.
 */
import { InitrdError } from './errors';

export interface InitOptions {
  /** Run instead of a shell, by `sh -c`. */
  run?: string | undefined;
  /** Modules for insmod, in load order. */
  modules?: readonly { path: string; parameters: string }[];
  /** What loads a module: `busybox insmod`, or the path of another insmod. */
  insmod?: string;
  /** The applets busybox has; undefined when not known, then everything is tried. */
  applets?: ReadonlySet<string> | undefined;
}

/** The applets that {@link initScript} cannot do without, with what each is for. */
export function neededApplets(options: InitOptions): ReadonlyMap<string, string> {
  const needed = new Map([
    ['sh', 'to run /init'],
    ['mount', 'to mount /proc, /sys and /dev'],
    ['poweroff', 'to power off when the work is done'],
  ]);
  if ((options.modules ?? []).length > 0 && (options.insmod ?? BUSYBOX_INSMOD) === BUSYBOX_INSMOD) {
    needed.set('insmod', 'to load kernel modules');
  }
  return needed;
}

export const BUSYBOX_INSMOD = '/bin/busybox insmod';

/** One word for the shell, whatever is in it. */
export function shellQuote(text: string): string {
  return /^[\w./:=,@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * The script's text.
 * @throws InitrdError when `run` holds a NUL, which no argument can.
 */
export function initScript(options: InitOptions = {}): string {
  const { run, applets } = options;
  if (run?.includes('\0') === true) {
    throw new InitrdError('The command to run holds a NUL character', 'Take it out.');
  }
  const has = (applet: string): boolean => applets?.has(applet) ?? true;
  const insmod = options.insmod ?? BUSYBOX_INSMOD;
  const lines = [
    '#!/bin/busybox sh',
    '# Process 1 of this initrd. It must not end: it powers the machine off.',
    'export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root',
    'export TERM="${TERM:-linux}"',
    '',
    'say() { echo "init: $*"; }',
    'try() { "$@" || say "failed: $*"; }',
    '',
    'try /bin/busybox mount -t proc proc /proc',
    'try /bin/busybox mount -t sysfs sysfs /sys',
    // Without devtmpfs the nodes that are in the image remain: console, null and their like.
    '/bin/busybox mount -t devtmpfs dev /dev || say "no devtmpfs: only the nodes of the image in /dev"',
    ...(has('mkdir')
      ? ['/bin/busybox mkdir -p /dev/pts && /bin/busybox mount -t devpts devpts /dev/pts']
      : []),
  ];
  const modules = options.modules ?? [];
  if (modules.length > 0) {
    lines.push('', '# In this order: each after what it depends on.');
    for (const { path, parameters } of modules) {
      const words = parameters.split(/\s+/).filter(Boolean).map(shellQuote);
      lines.push(`try ${[insmod, shellQuote(path), ...words].join(' ')}`);
    }
  }
  lines.push('');
  if (run === undefined) {
    lines.push(
      'say "this is a shell; leave it (exit, or Ctrl-D) to power off"',
      'cd /root',
      // cttyhack finds the real terminal behind /dev/console, so that Ctrl-C and job control work.
      has('setsid') && has('cttyhack')
        ? '/bin/busybox setsid /bin/busybox cttyhack /bin/busybox sh'
        : '/bin/busybox sh',
    );
  } else {
    lines.push(
      'cd /root',
      `/bin/busybox sh -c ${shellQuote(run)}`,
      'say "the command ended with status $?"',
    );
  }
  lines.push(
    '',
    ...(has('sync') ? ['/bin/busybox sync'] : []),
    '/bin/busybox poweroff -f',
    '# Only if that failed: ask the kernel itself, and stay.',
    'echo o > /proc/sysrq-trigger',
    'say "this machine did not power off; stop it from outside"',
    'while :; do read -r _ || /bin/busybox sleep 3600; done',
    '',
  );
  return lines.join('\n');
}
