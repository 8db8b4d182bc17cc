import type { ComponentChildren } from 'preact';
import { failureText, type Failure } from '../engine/common/failure.js';
import { CopyButton } from './copy-button.js';

/** What failed, on which input, and what to do, with whatever can be done from here. */
export function FailureView({
  failure,
  children,
}: {
  failure: Failure;
  children?: ComponentChildren;
}) {
  return (
    <div class="failure" role="alert">
      <h2>{failure.what}</h2>
      {failure.input !== undefined && <p class="failure-input">{failure.input}</p>}
      <p>{failure.remedy}</p>
      {failure.detail !== undefined && <pre class="failure-detail">{failure.detail}</pre>}
      <div class="actions">
        {children}
        <CopyButton label="Copy details" text={() => failureText(failure)} />
      </div>
    </div>
  );
}
