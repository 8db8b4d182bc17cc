import { useEffect } from 'preact/hooks';
import type { Failure } from '../engine/common/failure.js';
import { Dialogs } from './dialogs.js';
import { FailureView } from './failure-view.js';
import { Gallery } from './gallery.js';
import { MachineView } from './machine-view.js';
import { route, runVersion, shownKey, shownRun } from './session.js';
import { EmbedBar, TopBar } from './top-bar.js';

export function App() {
  void runVersion.value;
  const current = shownRun.value;
  const title =
    current === undefined ? 'Bootlink' : `${current.guest.title}, ${current.state.name} – Bootlink`;
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <>
      {route.value.embed === true ? <EmbedBar /> : <TopBar />}
      {shownKey.value === undefined ? <Gallery /> : <MachineView />}
      <Dialogs />
    </>
  );
}

/** The whole page when the browser cannot run machines. */
export function Unsupported({ failure }: { failure: Failure }) {
  return (
    <main class="sheet unsupported" id="main">
      <h1>Bootlink cannot run here</h1>
      <FailureView failure={failure} />
    </main>
  );
}
