import type { Piece } from '../piece';

/** A bare-metal ELF image, of the C and assembly files in its folder and in bare-metal. */
export function bareMetal(name: string): Piece {
  return {
    name: `${name}-image`,
    sources: [name, 'bare-metal'],
    script: `
cd /ours
"$CROSS_COMPILE"gcc -O2 -g -ffreestanding -nostdlib -static -no-pie -fno-pic -std=gnu17 \\
  -march=armv8-a -mgeneral-regs-only -mstrict-align -Wall -Wextra -Werror \\
  -Wl,--build-id=none,-z,noexecstack,--no-warn-rwx-segments -T bare-metal/link.ld \\
  -o /result/${name}.elf ${name}/*.S ${name}/*.c bare-metal/console.c
`,
  };
}
