import { signal } from '@preact/signals';
import type { Selection } from './draw.js';

/** An event that another pane wants to be shown on the timeline; taken once. */
export const wantedEvent = signal<Selection | undefined>(undefined);
