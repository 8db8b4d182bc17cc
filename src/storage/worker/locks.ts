/**
 * Takes a Web Lock at once, or not at all. The browser gives it back when this worker ends,
 * however it ends.
 *
 * @returns what gives it back, or undefined when somebody else holds it
 */
export function tryLock(name: string): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, { ifAvailable: true }, (lock) => {
        if (lock === null) {
          resolve(undefined);
          return undefined;
        }
        return new Promise<void>((release) => resolve(release));
      })
      .catch(reject);
  });
}

/** Names of all locks that somebody of this origin holds. */
export async function heldLocks(): Promise<Set<string>> {
  const { held } = await navigator.locks.query();
  return new Set((held ?? []).flatMap(({ name }) => (name === undefined ? [] : [name])));
}
