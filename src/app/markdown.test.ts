import { describe, expect, it } from 'vitest';
import { blocks } from './markdown.js';

describe('blocks', () => {
  it('tells paragraphs, lists, headings and code apart', () => {
    expect(blocks('One\ntwo\n\n- a\n  more\n- b\n\n# H\n```\nx  y\n```')).toEqual([
      { kind: 'paragraph', text: 'One two' },
      { kind: 'list', ordered: false, items: ['a more', 'b'] },
      { kind: 'heading', text: 'H' },
      { kind: 'code', text: 'x  y' },
    ]);
  });

  it('keeps code whose fence never ends', () => {
    expect(blocks('```\n# not a heading')).toEqual([{ kind: 'code', text: '# not a heading' }]);
  });
});
