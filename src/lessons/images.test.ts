import { describe, expect, it } from 'vitest';
import type { Catalogue, Guest, GuestImage } from '../machine/guest';
import { imagesOf } from './images';
import { parseLesson } from './parse';

const image = (name: string, digit: string): GuestImage => ({
  name,
  use: 'file',
  url: `${name}.bin`,
  sha256: digit.repeat(64),
  size: 10,
  wireBytes: 10,
  encoding: 'identity',
  readOnly: true,
});

const guest = (id: string, images: GuestImage[], snapshot?: Guest['snapshot']): Guest => ({
  id,
  title: id.toUpperCase(),
  summary: '',
  description: '',
  tryThis: [],
  args: [],
  consoles: [],
  images,
  addressSpaceMiB: 1,
  boot: [],
  check: [],
  packages: [],
  ...(snapshot === undefined ? {} : { snapshot }),
});

const lesson = (actions: string) => {
  const head = '```lesson\nminutes: 1\nsummary: One.\n```';
  const parsed = parseLesson(`# Any\n\n${head}\n\n## Step\n\n\`\`\`action\n${actions}\n\`\`\`\n`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.lesson;
};

describe('the images of a lesson', () => {
  const shared = image('shared', '1');
  const wire = { size: 5, wireBytes: 4, encoding: 'gzip' as const, engine: 'e'.repeat(64) };
  const snapshot = { url: 's.gz', sha256: '3'.repeat(64), ...wire };
  const catalogue: Catalogue = {
    complete: false,
    guests: [
      { state: 'ready', guest: guest('one', [shared, image('own', '2')], snapshot) },
      { state: 'ready', guest: guest('two', [shared]) },
      { state: 'ready', guest: guest('other', [image('other', '4')]) },
      { state: 'building', id: 'late', title: 'Late', summary: '' },
    ],
  };

  it('are those of the guests that it boots, snapshots too, each once', () => {
    const { images, unbuilt } = imagesOf(lesson('open one\nboot two'), catalogue);
    expect(images.map(({ url }) => url)).toEqual(['shared.bin', 'own.bin', 's.gz']);
    expect(unbuilt).toEqual([]);
  });

  it('leave out guests that are not built, by title', () => {
    const { images, unbuilt } = imagesOf(lesson('boot late\nboot nobody'), catalogue);
    expect(images).toEqual([]);
    expect(unbuilt).toEqual(['Late', 'nobody']);
  });
});
