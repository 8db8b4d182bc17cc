import type { Trace } from '../../engine/ui/trace.js';
import { eventLabel, eventSentence } from '../../inspect/events/describe.js';
import { draw, rowsOf, type Scene } from './draw.js';
import { svgSurface } from './surface.js';

/** Events in one part of a file, so that a large export does not hold the page. */
const PART = 5000;

/**
 * The events as JSON, one on a line: numbers over 2^53 as hexadecimal strings, with label and
 * sentence. As parts of a file.
 */
export async function exportJson(trace: Trace, guest: string): Promise<Blob> {
  const parts: string[] = [
    `{"format":"bootlink-trace","version":1,"guest":${JSON.stringify(guest)},` +
      `"timeUnit":"ns","lost":${trace.lost},"forgotten":${trace.stores.forgotten},` +
      `"phases":${JSON.stringify(trace.phases)},"events":[`,
  ];
  let first = true;
  for (const store of trace.stores.cpus) {
    for (let from = store.first; from < store.end; from += PART) {
      const lines: string[] = [];
      for (let index = from; index < Math.min(store.end, from + PART); index++) {
        const event = store.event(index);
        if (event === undefined) continue;
        const words = { ...event, label: eventLabel(event), text: eventSentence(event) };
        lines.push(`${first ? '' : ','}\n${JSON.stringify(words, plain)}`);
        first = false;
      }
      parts.push(lines.join(''));
      await new Promise((again) => setTimeout(again));
    }
  }
  parts.push('\n]}\n');
  return new Blob(parts, { type: 'application/json' });
}

function plain(_: string, value: unknown): unknown {
  if (typeof value !== 'bigint') return value;
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : `0x${value.toString(16)}`;
}

/** What the pane shows now, as an SVG document. */
export function exportSvg(scene: Scene, background: string): Blob {
  const surface = svgSurface();
  const { height } = rowsOf(scene.stores, scene.phases);
  surface.rect(0, 0, scene.width, height, background);
  draw(surface, scene);
  return new Blob([surface.finish(scene.width, height)], { type: 'image/svg+xml' });
}
