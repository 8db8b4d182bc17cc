import { layout } from './settings.js';

/** Width from which two consoles of 80 columns fit beside each other, in CSS pixels. */
const SPLIT_WIDTH = 1200;

/** True when consoles are shown beside each other. @param width of the pane, CSS pixels */
export function isSplit(width: number, consoles: number): boolean {
  if (layout.value === 'tabs' || consoles < 2) return false;
  return layout.value === 'split' || width >= SPLIT_WIDTH;
}
