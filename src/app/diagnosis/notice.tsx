import { showPane } from '../dock/workspace-state.js';
import { announced, shownDiagnosis } from './state.js';
import './what-happened.css';

/** In the top bar: that something went wrong, and the way to what. Takes no focus. */
export function TroubleNotice() {
  const current = shownDiagnosis.value;
  return (
    <>
      <span class="visually-hidden" role="status">
        {announced.value === undefined ? '' : `What happened? ${current?.headline ?? ''}`}
      </span>
      {current?.trouble === true && (
        <button
          type="button"
          class="trouble-chip"
          title={current.headline}
          onClick={() => showPane('what-happened')}
        >
          What happened?
        </button>
      )}
    </>
  );
}
