/** The worker that fetches and keeps images; whoever starts it ends it (`engine/ui/keep.ts`). */
export const createKeepWorker = (): Worker =>
  new Worker(new URL('../../engine/worker/keep.ts', import.meta.url), {
    type: 'module',
    name: 'keep',
  });
