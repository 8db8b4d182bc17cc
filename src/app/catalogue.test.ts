import { describe, expect, it } from 'vitest';
import { fetchCatalogue } from './catalogue.js';

const answer =
  (body: string, status = 200): typeof fetch =>
  () =>
    Promise.resolve(new Response(body, { status }));

describe('fetchCatalogue', () => {
  it('reads guests that are ready and guests that are not', async () => {
    const waiting = { state: 'building', id: 'rme', title: 'RME', summary: 'Four worlds.' };
    const text = JSON.stringify({ complete: false, guests: [waiting] });
    expect(await fetchCatalogue('u', answer(text))).toEqual({
      ok: true,
      value: { complete: false, guests: [waiting] },
    });
  });

  it('names what is wrong with a broken one', async () => {
    const text = JSON.stringify({ complete: true, guests: [{ state: 'ready', guest: {} }] });
    const result = await fetchCatalogue('u', answer(text));
    expect(result.ok).toBe(false);
    if (!result.ok) expect(result.failure.detail).toContain('guests.0.guest.id');
  });

  it.each([
    ['is missing', answer('', 404)],
    ['is not JSON', answer('<html>')],
    ['cannot be reached', () => Promise.reject(new TypeError('offline'))],
  ])('gives a failure with the address when it %s', async (_, fetcher) => {
    const result = await fetchCatalogue('https://host.example/index.json', fetcher);
    expect(result).toMatchObject({
      ok: false,
      failure: { input: 'https://host.example/index.json' },
    });
  });
});
