import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseLesson } from './parse';

const folder = new URL('../../lessons/', import.meta.url);
const files = readdirSync(folder).filter((name) => /^[a-z-]+\.md$/.test(name));

describe('the lessons of this site', () => {
  it.each(files)('%s is one, named by its title', (name) => {
    const parsed = parseLesson(readFileSync(new URL(name, folder), 'utf8'));
    expect(parsed.ok ? [] : parsed.problems).toEqual([]);
    if (parsed.ok) expect(`${parsed.lesson.id}.md`).toBe(name);
  });
});
