/** How often memory is looked at where the browser cannot wait for it without blocking. */
const POLL_MS = 16;

/**
 * Resolves when a word of shared memory is no longer `value`, or when somebody notifies it.
 * Never blocks: `Atomics.waitAsync`, or a timer where a browser has not got that yet. A wait
 * keeps the memory alive, so whoever stops caring must notify the word.
 */
export function waitForChange(
  words: Int32Array,
  index: number,
  value: number,
  pollMs = POLL_MS,
): Promise<void> {
  if (typeof Atomics.waitAsync !== 'function') {
    return new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  const result = Atomics.waitAsync(words, index, value);
  return result.async ? result.value.then(() => undefined) : Promise.resolve();
}
