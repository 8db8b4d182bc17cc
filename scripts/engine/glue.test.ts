import { describe, expect, it } from 'vitest';
import { mendGlue } from './glue';

const written = `
import { createRequire } from 'module';
const require = createRequire(import.meta.url);
worker=new Worker(new URL("qemu.mjs",import.meta.url),{type:"module"})
`;

describe("Emscripten's JavaScript", () => {
  it('imports nothing that a browser lacks, and starts threads from its own address', () => {
    const mended = mendGlue(written);
    expect(mended).not.toMatch(/^import /m);
    expect(mended).toContain('new Worker(new URL(import.meta.url)');
  });

  it('is refused when it is written in another way', () => {
    expect(() => mendGlue('export default 1;')).toThrow('has changed');
  });
});
