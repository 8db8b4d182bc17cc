import type { Recipe } from './piece';

/** The built-in guests, in the order of the gallery; set-up builds those named first, first. */
export const recipes: readonly Recipe[] = [];
