import type { GuestConsole } from '../machine/guest.js';

export type Role = GuestConsole['role'] | 'monitor';

/** What a console belongs to, in a word and a colour. */
export function RoleTag({ role, label }: { role: Role; label: string }) {
  return (
    <span class={`role role-${role}`}>
      <span class="dot" aria-hidden="true" />
      {label}
    </span>
  );
}
