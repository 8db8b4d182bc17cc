/** What the dock takes from the docking library: a module of its own, to be run in its own task. */
export { createDockview } from 'dockview-core';
