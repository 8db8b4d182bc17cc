import { Library } from '../disks/library.js';
import type { Pane } from '../panes.js';

export const pane: Pane = {
  id: 'disks',
  title: 'Disks',
  place: 'side',
  order: 40,
  component: Library,
};
