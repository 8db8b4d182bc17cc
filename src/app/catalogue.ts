import * as v from 'valibot';
import { Catalogue, type Guest } from '../machine/guest.js';
import type { Result } from '../engine/common/failure.js';

const SET_UP = 'Run set-up (npm start), or check that the host serves the guests folder.';

/** Reads the catalogue of built-in guests. A missing or broken one is a failure to show. */
export async function fetchCatalogue(
  url: string,
  fetcher: (url: string, init: RequestInit) => Promise<Response> = fetch,
): Promise<Result<Catalogue>> {
  let json: unknown;
  try {
    const response = await fetcher(url, { cache: 'no-cache' });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    json = await response.json();
  } catch (error) {
    return {
      ok: false,
      failure: {
        what: 'The list of guests could not be fetched.',
        input: url,
        remedy: `It may still be being built; the page looks again by itself. ${SET_UP}`,
        detail: String(error),
      },
    };
  }
  const parsed = v.safeParse(Catalogue, json);
  if (parsed.success) return { ok: true, value: parsed.output };
  return {
    ok: false,
    failure: {
      what: 'The list of guests is not one that this page understands.',
      input: url,
      remedy: SET_UP,
      detail: parsed.issues
        .map((issue) => `${v.getDotPath(issue) ?? 'catalogue'}: ${issue.message}`)
        .join('\n'),
    },
  };
}

/** How soon a catalogue that is not complete is read again. */
export const CATALOGUE_REFRESH_MS = 3000;

/** Bytes that travel for a guest's images. */
export function wireBytes(images: readonly { wireBytes: number }[]): number {
  return images.reduce((sum, image) => sum + image.wireBytes, 0);
}

/** Bytes that travel when a guest is opened for the first time, the engine aside. */
export function fetchedBytes({ images, snapshot }: Guest): number {
  return wireBytes(images) + (snapshot?.wireBytes ?? 0);
}
