import { useEffect, useRef } from 'preact/hooks';
import { isOver } from '../../engine/common/run-state.js';
import type { Run } from '../../engine/ui/run.js';
import { evidenceText } from '../../inspect/diagnosis/evidence.js';
import { diagnosisMarkdown } from '../../inspect/diagnosis/markdown.js';
import type { Diagnosis, Evidence, Finding } from '../../inspect/diagnosis/observation.js';
import { CopyButton } from '../copy-button.js';
import { showPane } from '../dock/workspace-state.js';
import { boot, report, runVersion } from '../session.js';
import { wantedEvent } from '../timeline/wanted.js';
import { announced, markSeen, shownDiagnosis } from './state.js';
import './what-happened.css';

/** Lines of each console that a report ends with. */
const REPORT_LINES = 30;

const verdictText: Record<Diagnosis['verdict'], string> = {
  crashed: 'Crashed',
  looping: 'Caught in a loop of exceptions',
  resetting: 'Resets again and again',
  stuck: 'Does not get on',
  'ended badly': 'Ended with an error',
  ended: 'Ended',
  'at a prompt': 'At a prompt',
  running: 'Running',
  paused: 'Paused',
};

/** Why a machine crashed, hangs or starts again and again, with what speaks for it. */
export function WhatHappened({ run }: { run: Run }) {
  void runVersion.value;
  const host = useRef<HTMLDivElement>(null);
  const current = shownDiagnosis.value;
  useWhileSeen(host, markSeen, current);
  return (
    <div class="what-happened" ref={host}>
      {current === undefined ? (
        <p class="pane-empty">The machine has not started yet.</p>
      ) : (
        <Report run={run} current={current} />
      )}
    </div>
  );
}

function Report({ run, current }: { run: Run; current: Diagnosis }) {
  void runVersion.value;
  const markdown = (): string =>
    diagnosisMarkdown(current, {
      title: run.guest.title,
      args: run.guest.args,
      consoles: run.guest.consoles.map(({ id, title }) => ({
        title,
        lines: run.consoles.get(id)?.log.lastLines(REPORT_LINES) ?? [],
      })),
    });
  return (
    <>
      <div class="pane-tools">
        <CopyButton label="Copy as Markdown" text={markdown} />
        {run.state.name === 'running' && (
          <button
            type="button"
            title="Stops the machine, so that its registers can be read"
            onClick={() => void report(run.pause())}
          >
            Pause
          </button>
        )}
      </div>
      <div class="what-happened-text" tabIndex={0} data-pane-focus>
        <h2 class={current.trouble ? 'trouble' : ''}>{verdictText[current.verdict]}</h2>
        <p>{current.paragraph}</p>
        {current.findings.length > 0 && (
          <section aria-label="Likely reasons">
            <h3>Likely reasons</h3>
            <ol>
              {current.findings.map((finding) => (
                <Reason key={`${finding.id} ${finding.text}`} finding={finding} />
              ))}
            </ol>
          </section>
        )}
        <section aria-label="vCPUs">
          <h3>vCPUs</h3>
          {current.cpus.length === 0 && <p class="quiet">Nothing is known of them.</p>}
          <ul>
            {current.cpus.map(({ cpu, text, exceptions }) => (
              <li key={cpu}>
                {text}
                {exceptions.length > 0 && (
                  <>
                    {' '}
                    Newest exceptions:
                    <ul>
                      {exceptions.map((each) => (
                        <li key={evidenceText(each)}>
                          <Proof evidence={each} />
                        </li>
                      ))}
                    </ul>
                  </>
                )}
              </li>
            ))}
          </ul>
        </section>
        <Limits run={run} limits={current.limits} />
        {!current.trouble && (
          <p class="quiet">
            This pane speaks up when a console prints a crash, when a vCPU takes the same exception
            again and again, when the guest resets itself three times without a prompt, or when
            nothing happens for long and no prompt waits.
          </p>
        )}
      </div>
    </>
  );
}

function Reason({ finding }: { finding: Finding }) {
  return (
    <li data-finding={finding.id}>
      {finding.text}
      <ul class="evidence">
        {finding.evidence.map((each) => (
          <li key={evidenceText(each)}>
            <Proof evidence={each} />
          </li>
        ))}
        <li class="quiet">Rule: {finding.source}</li>
      </ul>
    </li>
  );
}

function Proof({ evidence }: { evidence: Evidence }) {
  return (
    <>
      {evidence.kind === 'console' ? (
        <>
          console {evidence.console}: <code>{evidence.text}</code>
        </>
      ) : (
        evidenceText(evidence)
      )}
      {evidence.kind === 'event' && (
        <button
          type="button"
          class="tool"
          aria-label={`Show event ${String(evidence.index)} of vCPU ${String(evidence.cpu)} in the Timeline`}
          onClick={() => {
            wantedEvent.value = { cpu: evidence.cpu, index: evidence.index };
            showPane('timeline');
          }}
        >
          Timeline
        </button>
      )}
    </>
  );
}

/** What could not be seen, and a way to see it the next time. */
function Limits({ run, limits }: { run: Run; limits: readonly string[] }) {
  void runVersion.value;
  if (limits.length === 0) return null;
  const again = (): void => {
    void boot(run.guest, {
      files: run.ownFiles,
      stored: run.disks,
      from: 'cold',
      record: true,
    });
  };
  return (
    <section aria-label="Not known">
      <h3>Not known</h3>
      {limits.map((limit) => (
        <p key={limit}>{limit}</p>
      ))}
      {run.trace.available && (!run.trace.recording || run.snapshot !== undefined) && (
        <p class="actions">
          <button type="button" onClick={again}>
            {isOver(run.state)
              ? 'Boot again and record events'
              : 'End this machine, boot again and record events'}
          </button>
        </p>
      )}
    </section>
  );
}

/** Calls back when the element is, or comes, into sight, and again when `what` changes. */
function useWhileSeen(
  host: { current: HTMLElement | null },
  seen: () => void,
  what: unknown,
): void {
  useEffect(() => {
    if (host.current === null || announced.peek() === undefined) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) seen();
    });
    observer.observe(host.current);
    return () => observer.disconnect();
  }, [what]);
}
