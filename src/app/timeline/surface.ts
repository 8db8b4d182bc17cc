/** What the timeline is drawn on: the canvas of the pane, or an SVG to be saved. */
export interface Surface {
  rect(x: number, y: number, width: number, height: number, colour: string, opacity?: number): void;
  line(x1: number, y1: number, x2: number, y2: number, colour: string, width?: number): void;
  /** The text's middle line is at y; what is behind `limit` pixels is left out. */
  text(x: number, y: number, text: string, colour: string, limit?: number): void;
  dot(x: number, y: number, radius: number, colour: string): void;
}

export const FONT_SIZE = 11;
const FONT = `${FONT_SIZE}px system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif`;
/** Mean width of a character of that font, for texts that must fit. */
const CHARACTER = 6.2;

function cut(text: string, limit: number | undefined): string {
  if (limit === undefined || text.length * CHARACTER <= limit) return text;
  const length = Math.floor(limit / CHARACTER) - 1;
  return length < 2 ? '' : `${text.slice(0, length)}…`;
}

export function widthOfText(text: string): number {
  return text.length * CHARACTER;
}

export function canvasSurface(context: CanvasRenderingContext2D): Surface {
  context.font = FONT;
  context.textBaseline = 'middle';
  return {
    rect(x, y, width, height, colour, opacity = 1) {
      context.globalAlpha = opacity;
      context.fillStyle = colour;
      context.fillRect(x, y, width, height);
      context.globalAlpha = 1;
    },
    line(x1, y1, x2, y2, colour, width = 1) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.beginPath();
      context.moveTo(x1, y1);
      context.lineTo(x2, y2);
      context.stroke();
    },
    text(x, y, text, colour, limit) {
      context.fillStyle = colour;
      context.fillText(cut(text, limit), x, y);
    },
    dot(x, y, radius, colour) {
      context.fillStyle = colour;
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.fill();
    },
  };
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => escapes[character] ?? '');
}

/** Collects SVG elements; `finish` gives the whole document. */
export function svgSurface(): Surface & { finish(width: number, height: number): string } {
  const parts: string[] = [];
  const n = (value: number): string => String(Math.round(value * 100) / 100);
  return {
    rect(x, y, width, height, colour, opacity = 1) {
      const faint = opacity === 1 ? '' : ` fill-opacity="${n(opacity)}"`;
      parts.push(
        `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" fill="${colour}"${faint}/>`,
      );
    },
    line(x1, y1, x2, y2, colour, width = 1) {
      parts.push(
        `<line x1="${n(x1)}" y1="${n(y1)}" x2="${n(x2)}" y2="${n(y2)}" stroke="${colour}" stroke-width="${n(width)}"/>`,
      );
    },
    text(x, y, text, colour, limit) {
      const shown = cut(text, limit);
      if (shown === '') return;
      parts.push(
        `<text x="${n(x)}" y="${n(y)}" fill="${colour}" dominant-baseline="middle">${escape(shown)}</text>`,
      );
    },
    dot(x, y, radius, colour) {
      parts.push(`<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}" fill="${colour}"/>`);
    },
    finish: (width, height) =>
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, 'DejaVu Sans', sans-serif" font-size="${FONT_SIZE}">\n${parts.join('\n')}\n</svg>\n`,
  };
}
