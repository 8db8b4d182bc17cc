import type { Piece } from '../piece';

/** A bare-metal ELF image, of the C and assembly files in its folder and in bare-metal. */
export function bareMetal(name: string): Piece {
  return {
    name: `${name}-image`,
    sources: [name, 'bare-metal'],
    script: `
flags='-O2 -g -ffreestanding -fno-pic -std=gnu17 -march=armv8-a -mgeneral-regs-only
  -mstrict-align -Wall -Wextra -Werror'
# Objects by name: the linker keeps the names of the compiler's temporary files otherwise.
for file in $(cd /ours && echo ${name}/*.S ${name}/*.c bare-metal/console.c); do
  (cd /ours && "$CROSS_COMPILE"gcc $flags -c -o "/build/$(basename "$file").o" "$file")
done
"$CROSS_COMPILE"gcc -nostdlib -static -no-pie -Wl,--build-id=none,-z,noexecstack \\
  -Wl,--no-warn-rwx-segments -T /ours/bare-metal/link.ld -o /result/${name}.elf *.o
`,
  };
}
