import { expect, it } from 'vitest';
import { sampleGuest, sampleImage } from './sample-guest.test-data.js';
import { keptImages } from './keep.js';

it('keeps a guest’s images, and its snapshot where it has one', () => {
  const snapshot = {
    url: 'files/snapshot.gz',
    sha256: 'a'.repeat(64),
    size: 10,
    wireBytes: 5,
    encoding: 'gzip' as const,
    engine: 'b'.repeat(64),
  };
  const images = [sampleImage(), sampleImage({ name: 'disk', use: 'disk' })];
  expect(keptImages(sampleGuest({ images }))).toEqual(images);
  const kept = keptImages(sampleGuest({ images, snapshot }));
  expect(kept.slice(0, -1)).toEqual(images);
  expect(kept.at(-1)).toMatchObject({ url: snapshot.url, sha256: snapshot.sha256, use: 'file' });
});
