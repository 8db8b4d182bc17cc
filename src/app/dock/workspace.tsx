import { useEffect, useRef } from 'preact/hooks';
import { loadDock } from './load-dock.js';
import { dock, dockVersion, isDockPlaced } from './workspace-state.js';

/** The panes of a machine. The docking library is fetched with the first of them. */
export function Workspace() {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let gone = false;
    const open = async (): Promise<void> => {
      const Dock = await loadDock();
      if (gone || host.current === null) return;
      const made = new Dock(host.current, () => dockVersion.value++);
      dock.value = made;
      await made.open();
      if (!gone) isDockPlaced.value = true;
    };
    void open();
    return () => {
      gone = true;
      isDockPlaced.value = false;
      dock.value?.dispose();
      dock.value = undefined;
    };
  }, []);
  return <main class="workspace" id="main" ref={host} />;
}
