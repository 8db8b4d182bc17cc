/** Absolute URLs of what set-up builds, for whatever folder of a host the page lies in. */
export const catalogueUrl = new URL('guests/index.json', document.baseURI).href;
/** With a slash at its end. */
export const engineUrl = new URL('engine/', document.baseURI).href;
/** The catalogue may have changed a moment ago: set-up builds guests while the page is served. */
export const CATALOGUE_REQUEST: RequestInit = { cache: 'no-cache' };
