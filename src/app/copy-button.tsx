import { useSignal } from '@preact/signals';

/** Copies text, and says whether that worked. */
export function CopyButton({ label, text }: { label: string; text: () => string }) {
  const outcome = useSignal<string | undefined>(undefined);
  const copy = async (): Promise<void> => {
    outcome.value = await copyText(text());
    setTimeout(() => (outcome.value = undefined), 2000);
  };
  return (
    <button type="button" onClick={() => void copy()} aria-live="polite">
      {outcome.value ?? label}
    </button>
  );
}

/** Puts text on the clipboard; what to say about it. */
export async function copyText(text: string): Promise<string> {
  try {
    await navigator.clipboard.writeText(text);
    return 'Copied';
  } catch {
    return 'The browser refused to copy';
  }
}
