import { signal } from '@preact/signals';

export type DialogName =
  'help' | 'about' | 'panes' | 'share' | 'palette' | 'settings' | 'snapshots' | 'update' | 'drop';

/** The dialog that is open, if any. */
export const dialog = signal<DialogName | undefined>(undefined);
