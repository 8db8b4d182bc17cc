/** The docking library's own style sheet; `scripts/page/dockview-styles.ts` makes it. */
declare module 'virtual:dockview.css';
