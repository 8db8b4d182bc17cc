/** One argument, quoted for a POSIX shell when it has to be. */
export function quote(argument: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(argument)) return argument;
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}

/**
 * Arguments as the command line a person would write: an option with its argument on each
 * line, lines joined by `\`.
 */
export function toShell(args: readonly string[], program = 'qemu-system-aarch64'): string {
  const lines: string[] = [];
  for (const argument of args) {
    const previous = lines.at(-1);
    const opensLine = argument.startsWith('-') || previous === undefined;
    if (opensLine) lines.push(quote(argument));
    else lines[lines.length - 1] = `${previous} ${quote(argument)}`;
  }
  return [program, ...lines].join(' \\\n  ');
}
