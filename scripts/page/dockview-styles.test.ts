import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { styleSheetIn, withoutThemes } from './dockview-styles';

const file = createRequire(import.meta.url).resolve('dockview-core/dist/dockview-core.js');

describe('the docking library’s style sheet', () => {
  it('loses its themes and nothing else', () => {
    const css = styleSheetIn(readFileSync(file, 'utf8'), file);
    const rest = withoutThemes(css);
    const names = (text: string) => new Set(text.match(/\.dv-[a-z-]+(?=[^{}]*\{)/g));
    expect(rest).not.toContain('.dockview-theme-');
    expect(rest.length).toBeLessThan(css.length / 2);
    expect(rest).toContain('.dv-groupview');
    expect(rest.split('{').length).toBe(rest.split('}').length);
    // Whatever a rule without a theme styles is styled still.
    const plain = css
      .split('}')
      .filter((rule) => !rule.includes('.dockview-theme-'))
      .join('}');
    expect(names(rest)).toEqual(names(plain));
  });

  it('keeps media queries, and rules that are of a theme in part', () => {
    const css = `.a, .dockview-theme-dark .a { x: 1; }
/* of, both */ .dockview-theme-dark .b,
.dockview-theme-light .b { x: 2; }
@media (hover: none) {
  .c { x: 3; }
}
.d { x: 4; }`;
    const rest = withoutThemes(css);
    expect(rest).toContain('.a, .dockview-theme-dark .a { x: 1; }');
    expect(rest).not.toContain('x: 2');
    expect(rest).toMatch(/@media \(hover: none\) \{\s*\.c \{ x: 3; \}\s*\}\s*\.d \{ x: 4; \}/);
  });

  it('is not guessed in a bundle of another kind', () => {
    expect(() => styleSheetIn('export {};', 'some.js')).toThrow(/some\.js has no style sheet/);
  });
});
