/** A diagnosis as Markdown, for a bug report. */
import { evidenceText } from './evidence';
import type { Diagnosis } from './observation';

/** What a report names besides the diagnosis. */
export interface ReportFacts {
  readonly title: string;
  /** QEMU's arguments, one string each. */
  readonly args: readonly string[];
  /** The newest lines of each console. */
  readonly consoles: readonly { readonly title: string; readonly lines: readonly string[] }[];
}

/** A fence that no line of the text can close. */
function fenced(lines: readonly string[]): string {
  const longest = Math.max(
    2,
    ...lines.map((line) => Math.max(0, ...(line.match(/`+/g) ?? []).map(({ length }) => length))),
  );
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${lines.join('\n')}\n${fence}`;
}

export function diagnosisMarkdown(diagnosis: Diagnosis, facts: ReportFacts): string {
  const parts = [`## ${facts.title}: ${diagnosis.verdict}`, diagnosis.paragraph];
  if (diagnosis.findings.length > 0) {
    parts.push(
      '### Likely reasons',
      diagnosis.findings
        .map(({ text, evidence, source }) =>
          [
            `- ${text}`,
            ...evidence.map((each) => `  - ${evidenceText(each)}`),
            `  - Rule: ${source}`,
          ].join('\n'),
        )
        .join('\n'),
    );
  }
  parts.push('### vCPUs');
  parts.push(
    diagnosis.cpus
      .map(({ text, exceptions }) =>
        [`- ${text}`, ...exceptions.map((each) => `  - ${evidenceText(each)}`)].join('\n'),
      )
      .join('\n'),
  );
  if (diagnosis.limits.length > 0) {
    parts.push('### Not known', diagnosis.limits.map((each) => `- ${each}`).join('\n'));
  }
  for (const { title, lines } of facts.consoles) {
    if (lines.some((line) => line.trim() !== '')) parts.push(`### Console ${title}`, fenced(lines));
  }
  parts.push('### Machine', fenced([['qemu-system-aarch64', ...facts.args].join(' ')]));
  return `${parts.join('\n\n')}\n`;
}
