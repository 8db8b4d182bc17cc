/** `npx bootlink initrd`: the tiny-initrd builder of src/initrd on files of this machine. */
import { randomBytes } from 'node:crypto';
import {
  lstatSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  FileTree,
  InitrdError,
  type InitrdOptions,
  type InitrdResult,
  ParseError,
  buildInitrd,
  initScript,
  listingText,
  openArchive,
} from '../../src/initrd/index';

/** Where a subcommand writes; process.stdout and process.stderr fit. */
export interface CliIo {
  stdout: { write(chunk: string | Uint8Array): unknown };
  stderr: { write(chunk: string): unknown };
}

export const summary = 'build a tiny initrd: busybox, chosen programs, files and kernel modules';

export const help = `bootlink initrd: ${summary}

Usage: npx bootlink initrd [options] -o FILE [PROGRAM | PACKAGE.deb | ARCHIVE.tar.*]…

PROGRAM is a name (bash, lspci) or an absolute path; it is put in with its loader
and every library its ELF headers need.

Where things come from (repeat as needed; a later one wins over an earlier one):
  --root DIR          a root file system or any folder laid out like one
  --from FILE         a .deb, a .tar (plain, .gz, .xz, .zst) or an initrd
  --kernel-deb FILE   a kernel package, for --kmod

What goes in:
  --copy PATH         a file or folder, at the same path
  --kmod NAME         a kernel module with all it depends on, loaded by init in this
                      order; with parameters: --kmod 'i6300esb heartbeat=10'
  --kernel RELEASE    which kernel's modules, where the sources hold several
  --keep-compressed   leave .ko.xz as it is (needs CONFIG_MODULE_DECOMPRESS)
  --run COMMAND       run this instead of a shell, then power off
  --init FILE         use this as /init

What comes out:
  -o, --output FILE   write the image here (- for standard output)
  --compress HOW      gzip (default) or none
  --list              print the contents with sizes and who asked for each
  --print-init        print the /init that would be written, and stop
  --keep-going        write the image although pieces are missing
  -h, --help

Exit status: 0 done, 1 something is missing or unreadable, 2 wrong usage.
A busybox for the machine has to be in one of the sources (Debian: busybox-static).
`;

const OPTIONS = {
  root: { type: 'string', multiple: true },
  from: { type: 'string', multiple: true },
  'kernel-deb': { type: 'string', multiple: true },
  copy: { type: 'string', multiple: true },
  kmod: { type: 'string', multiple: true },
  kernel: { type: 'string' },
  'keep-compressed': { type: 'boolean' },
  run: { type: 'string' },
  init: { type: 'string' },
  output: { type: 'string', short: 'o' },
  compress: { type: 'string' },
  list: { type: 'boolean' },
  'print-init': { type: 'boolean' },
  'keep-going': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

class UsageError extends Error {}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, tokens: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Runs the subcommand; gives the exit status. */
export async function run(argv: readonly string[], io: CliIo): Promise<number> {
  try {
    return await initrd(argv, io);
  } catch (error) {
    if (error instanceof UsageError) {
      io.stderr.write(`bootlink initrd: ${error.message}\nSee npx bootlink initrd --help\n`);
      return 2;
    }
    if (error instanceof InitrdError || error instanceof ParseError || isSystemError(error)) {
      io.stderr.write(`bootlink initrd: ${error.message}\n`);
      return 1;
    }
    throw error;
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

async function initrd(argv: readonly string[], io: CliIo): Promise<number> {
  const started = performance.now();
  const { values, positionals, tokens } = parse(argv);
  if (values.help === true) {
    io.stdout.write(help);
    return 0;
  }
  const { compress = 'gzip' } = values;
  if (compress !== 'gzip' && compress !== 'none') {
    throw new UsageError(`--compress takes gzip or none, not “${compress}”`);
  }
  for (const path of values.copy ?? []) {
    if (!path.startsWith('/')) throw new UsageError(`--copy takes an absolute path, not “${path}”`);
  }
  if (values.run !== undefined && values.init !== undefined) {
    throw new UsageError('--run has no meaning with --init: the given init decides');
  }
  const wantsOutput = values.output !== undefined || values.list === true;
  if (!wantsOutput && values['print-init'] !== true) {
    throw new UsageError('say where the image goes (-o FILE), or --list, or --print-init');
  }
  if (values.output === '-' && (values.list === true || values['print-init'] === true)) {
    throw new UsageError(
      '-o - puts the image on standard output; --list and --print-init need it too',
    );
  }
  const options: InitrdOptions = {
    programs: positionals.filter((word) => !isSource(word)),
    copy: values.copy ?? [],
    modules: values.kmod ?? [],
    compression: compress,
    keepModulesCompressed: values['keep-compressed'] ?? false,
    ...(values.kernel === undefined ? {} : { kernelRelease: values.kernel }),
    ...(values.run === undefined ? {} : { run: values.run }),
    ...(values.init === undefined ? {} : { init: readFileSync(values.init, 'utf8') }),
  };
  if (!wantsOutput && options.modules?.length === 0) {
    io.stdout.write(options.init ?? initScript({ run: options.run }));
    return 0;
  }
  const tree = new FileTree();
  for (const token of tokens) {
    if (token.kind === 'positional' && isSource(token.value)) await addFile(tree, token.value);
    if (token.kind !== 'option' || token.value === undefined) continue;
    if (token.name === 'root') addRoot(tree, token.value);
    if (token.name === 'from' || token.name === 'kernel-deb') await addFile(tree, token.value);
  }
  const result = await buildInitrd(tree, options);
  if (values['print-init'] === true) {
    io.stdout.write(result.init);
    if (!wantsOutput) return report(result, io);
  }
  if (values.list === true) io.stdout.write(listingText(result));
  const status = report(result, io);
  if (values.output === undefined) return status;
  if (status !== 0 && values['keep-going'] !== true) {
    io.stderr.write('No image written; --keep-going writes it all the same.\n');
    return status;
  }
  write(values.output, result, io);
  io.stderr.write(`done in ${(performance.now() - started).toFixed(0)} ms\n`);
  return 0;
}

function isSource(word: string): boolean {
  return /\.(deb|tar|tgz|txz|tar\.(gz|xz|zst))$/.test(word);
}

async function addFile(tree: FileTree, path: string): Promise<void> {
  const bytes = new Uint8Array(readFileSync(path));
  tree.merge((await openArchive(basename(path), bytes)).tree);
}

/** A folder of this machine; contents are read only when the image needs them. */
function addRoot(tree: FileTree, root: string): void {
  if (!statSync(root).isDirectory())
    throw new UsageError(`--root ${root} is no folder; for an archive use --from`);
  const origin = root;
  const visit = (directory: string, inside: string): void => {
    for (const name of readdirSync(directory).sort()) {
      const host = join(directory, name);
      const path = `${inside}/${name}`;
      const stat = lstatSync(host);
      const mode = stat.mode & 0o7777;
      if (stat.isSymbolicLink()) {
        tree.add(path, { kind: 'symlink', mode, origin, target: readlinkSync(host) });
      } else if (stat.isFile()) {
        const read = () => new Uint8Array(readFileSync(host));
        tree.add(path, { kind: 'file', mode, origin, size: stat.size, read });
      } else if (stat.isDirectory()) {
        tree.add(path, { kind: 'directory', mode, origin });
        // What the kernel makes up is no part of a root file system.
        if (!['/proc', '/sys', '/dev', '/run'].includes(path)) visit(host, path);
      }
    }
  };
  visit(root, '');
}

/** Notes and missing pieces to standard error; 1 when anything is missing. */
function report(result: InitrdResult, io: CliIo): number {
  for (const note of result.notes) io.stderr.write(`note: ${note}\n`);
  for (const { kind, what, neededBy, advice } of result.missing) {
    io.stderr.write(`missing ${kind} ${what}, needed by ${neededBy.join(', ')}. ${advice}.\n`);
  }
  return result.missing.length === 0 ? 0 : 1;
}

/** Whole or not at all: written beside the target, then renamed over it. */
function write(output: string, result: InitrdResult, io: CliIo): void {
  if (output === '-') {
    io.stdout.write(result.image);
    return;
  }
  const partial = `${output}.${randomBytes(4).toString('hex')}.part`;
  try {
    writeFileSync(partial, result.image);
    renameSync(partial, output);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
  const { listing, image, unpackedSize } = result;
  io.stderr.write(
    `${output}: ${String(image.length)} bytes (${String(unpackedSize)} unpacked), ${String(listing.length)} entries\n`,
  );
}
