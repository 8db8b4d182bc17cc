/** What meson's build.ninja says about linking one program. */
export interface LinkStep {
  /** Objects and archives, in link order. */
  inputs: string[];
  /** Files besides them that have to be built first. */
  implicit: string[];
  /** Flags and libraries that follow the inputs on the linker's command line. */
  args: string[];
}

/** Undoes ninja's escapes: `$ ` is a space, `$:` a colon, `$$` a dollar. */
function unescape(word: string): string {
  return word.replace(/\$(.)/g, '$1');
}

function words(text: string): string[] {
  return (text.match(/(?:\$.|[^ $])+/g) ?? []).map(unescape);
}

/**
 * Reads the link step of `program` out of a build.ninja that meson wrote. We link once more
 * with flags of our own instead of ninja's link, so its inputs are what we need to know.
 *
 * @throws Error naming the program when it has no such step.
 */
export function readLinkStep(buildNinja: string, program: string): LinkStep {
  const lines = buildNinja.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`build ${program}: c_LINKER`));
  const line = lines[start];
  if (line === undefined) throw new Error(`build.ninja has no step that links ${program}.`);
  const [, edge = ''] = line.split(/: c_LINKER(?:_RSP)? /);
  const [explicit = '', ...rest] = edge.split(/ \|(?!\|) /);
  const [implicit = ''] = rest.join(' ').split(' || ');
  const [inputs = ''] = explicit.split(' || ');
  const args = lines
    .slice(start + 1)
    .find((next) => next.startsWith(' LINK_ARGS = ') || !next.startsWith(' '));
  if (args === undefined || !args.startsWith(' LINK_ARGS = ')) {
    throw new Error(`build.ninja does not say how ${program} is linked.`);
  }
  return {
    inputs: words(inputs),
    implicit: words(implicit),
    args: words(args.slice(' LINK_ARGS = '.length)),
  };
}
