import { InitrdPane } from '../initrd/initrd-pane.js';
import type { Pane } from '../panes.js';

export const pane: Pane = {
  id: 'initrd',
  title: 'Initrd',
  place: 'side',
  order: 50,
  component: InitrdPane,
};
