import { useEffect, useRef } from 'preact/hooks';
import { dock, dockVersion } from './workspace-state.js';

/** The panes of a machine. The docking library is fetched with the first of them. */
export function Workspace() {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let gone = false;
    const open = async (): Promise<void> => {
      const { Dock } = await import('./dock.js');
      // What the import ran and what is made now are too long for one task while a machine starts.
      await new Promise((nextTask) => setTimeout(nextTask));
      if (gone || host.current === null) return;
      const made = new Dock(host.current, () => dockVersion.value++);
      dock.value = made;
      await made.open();
    };
    void open();
    return () => {
      gone = true;
      dock.value?.dispose();
      dock.value = undefined;
    };
  }, []);
  return <main class="workspace" id="main" ref={host} />;
}
