import type { ComponentChildren } from 'preact';

/**
 * The Markdown of guests' descriptions: paragraphs, lists, fenced code, `code`, **strong**,
 * and https links. It makes elements, never HTML text.
 */
export function Markdown({ text }: { text: string }) {
  return <div class="prose">{blocks(text).map((block, index) => renderBlock(block, index))}</div>;
}

type Block =
  | { kind: 'paragraph'; text: string }
  | { kind: 'heading'; text: string }
  | { kind: 'list'; ordered: boolean; items: string[] }
  | { kind: 'code'; text: string };

const ITEM = /^\s*(?:[-*]|(\d+)\.)\s+(.*)$/;

/** The blocks of a text; a line that belongs to none continues the one before it. */
export function blocks(text: string): Block[] {
  const result: Block[] = [];
  let open: Block | undefined;
  let fence: string[] | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (line.trimStart().startsWith('```')) {
      if (fence === undefined) fence = [];
      else {
        result.push({ kind: 'code', text: fence.join('\n') });
        fence = undefined;
      }
      open = undefined;
      continue;
    }
    if (fence !== undefined) {
      fence.push(line);
      continue;
    }
    const item = ITEM.exec(line);
    const heading = /^#{1,6}\s+(.*)$/.exec(line);
    if (line.trim() === '') {
      open = undefined;
    } else if (heading) {
      result.push({ kind: 'heading', text: heading[1] ?? '' });
      open = undefined;
    } else if (item) {
      if (open?.kind !== 'list') {
        open = { kind: 'list', ordered: item[1] !== undefined, items: [] };
        result.push(open);
      }
      open.items.push(item[2] ?? '');
    } else if (open?.kind === 'list') {
      open.items.push(`${open.items.pop() ?? ''} ${line.trim()}`);
    } else if (open?.kind === 'paragraph') {
      open.text += ` ${line.trim()}`;
    } else {
      open = { kind: 'paragraph', text: line.trim() };
      result.push(open);
    }
  }
  if (fence !== undefined) result.push({ kind: 'code', text: fence.join('\n') });
  return result;
}

function renderBlock(block: Block, key: number) {
  switch (block.kind) {
    case 'paragraph':
      return <p key={key}>{inline(block.text)}</p>;
    case 'heading':
      return <h4 key={key}>{inline(block.text)}</h4>;
    case 'code':
      return <pre key={key}>{block.text}</pre>;
    case 'list': {
      const items = block.items.map((item, index) => <li key={index}>{inline(item)}</li>);
      return block.ordered ? <ol key={key}>{items}</ol> : <ul key={key}>{items}</ul>;
    }
  }
}

const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*\s][^*]*)\*|\[([^\]]+)\]\((https:\/\/[^)\s]+)\)/g;

function inline(text: string): ComponentChildren[] {
  const parts: ComponentChildren[] = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    parts.push(text.slice(at, match.index));
    const [whole, code, strong, emphasis, label, address] = match;
    if (code !== undefined) parts.push(<code>{code}</code>);
    else if (strong !== undefined) parts.push(<strong>{strong}</strong>);
    else if (emphasis !== undefined) parts.push(<em>{emphasis}</em>);
    else
      parts.push(
        <a href={address} target="_blank" rel="noreferrer">
          {label}
        </a>,
      );
    at = match.index + whole.length;
  }
  parts.push(text.slice(at));
  return parts;
}
