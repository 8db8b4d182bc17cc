import { describe, expect, it } from 'vitest';
import { indexAmong, placeIn, widthClass } from './placing.js';

describe('placing panes', () => {
  it('has a side column only where it fits beside two consoles', () => {
    const pane = { place: 'side' } as const;
    expect(
      [390, 759, 760, 1280, 1719, 1720, 3840].map((px) => placeIn(pane, widthClass(px))),
    ).toEqual(['main', 'main', 'main', 'main', 'main', 'side', 'side']);
  });

  it('keeps a phone’s layout apart from a desk’s', () => {
    expect(widthClass(390)).not.toBe(widthClass(1280));
  });

  it('puts a pane behind those of a lower order, wherever the visitor moved the others', () => {
    expect(indexAmong({ order: 20 }, [{ order: 10 }, { order: 70 }])).toBe(1);
    expect(indexAmong({ order: 5 }, [{ order: 10 }])).toBe(0);
    expect(indexAmong({ order: 90 }, [{ order: 70 }, { order: 10 }])).toBe(2);
    expect(indexAmong({ order: 1 }, [])).toBe(0);
  });
});
