import type { Diagnostic } from '../diagnostics';
import { fromGuest, guestFingerprint } from '../from-guest';
import { linkLimits } from '../limits';
import { parseJson, readMachine } from '../machine-json';
import { machineFormat, type Machine } from '../schema';
import { fromBase64url } from './base64url';
import { linkVersion, type FindGuest } from './encode';
import { inflateRaw } from './inflate';
import { checkPolicy } from './policy';

export type OpenedLink =
  | { ok: true; machine: Machine; notices: Diagnostic[] }
  /** A whole sentence. */
  | { ok: false; message: string };

function refused(reason: string): OpenedLink {
  return { ok: false, message: `This link cannot be opened: ${reason}.` };
}

export interface OpenOptions {
  findGuest?: FindGuest;
  /**
   * The page wrote this fragment itself (its history says so): the machine is the reader's own
   * and may have what a link from elsewhere may not.
   */
  own?: boolean;
}

/**
 * Opens a link's fragment (with or without `#`, or a whole address). What it holds is checked
 * against the schema, the caps and the allow list; it is data until somebody presses Boot.
 * Never throws.
 */
export function openLink(link: string, options: OpenOptions = {}): OpenedLink {
  const fragment = link.trim().replace(/^[^#]*#/, '');
  if (fragment.length > linkLimits.characters) {
    return refused(`it has more than ${String(linkLimits.characters)} characters`);
  }
  const [, version, text] = /^m([0-9]{1,9})\.(.*)$/s.exec(fragment) ?? [];
  if (version === undefined || text === undefined) {
    return refused('it does not hold a machine (that would begin with #m1.)');
  }
  // Every version up to ours stays readable; the first one is 1.
  if (Number(version) > linkVersion) {
    return refused(
      `it was made by a newer Bootlink (link version ${version}, this one knows ${String(linkVersion)}); reload the page for the newer one`,
    );
  }
  if (Number(version) < 1 || version.startsWith('0')) return refused('there is no link version 0');
  if (text === '') return refused('it holds nothing');
  const deflated = fromBase64url(text);
  if (deflated === undefined) {
    return refused('it was cut or changed on its way (its text is not base64url)');
  }
  const inflated = inflateRaw(deflated, {
    bytes: linkLimits.inflatedBytes,
    ratio: linkLimits.inflationRatio,
    ratioFreeBytes: linkLimits.ratioFreeBytes,
  });
  if (!inflated.ok) return refused(inflated.reason);
  return openPayload(inflated.bytes, options);
}

function openPayload(bytes: Uint8Array, options: OpenOptions): OpenedLink {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refused('its text is not UTF-8');
  }
  const parsed = parseJson(text);
  if (!parsed.ok) return refused(parsed.reason);
  const notices: Diagnostic[] = [];
  const whole = withGuest(parsed.value, options.findGuest ?? (() => undefined), notices);
  if (typeof whole === 'string') return refused(whole);
  const read = readMachine(whole);
  if (!read.ok) return refused(read.reason);
  const [broken] = options.own === true ? [] : checkPolicy(read.machine);
  return broken === undefined ? { ...read, notices } : refused(broken);
}

/** A difference put onto its guest's machine; a string is why it cannot be. */
function withGuest(value: unknown, findGuest: FindGuest, notices: Diagnostic[]): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return 'it does not hold a machine';
  }
  const { of, without, ...parts } = value as Record<string, unknown>;
  if (of === undefined) return parts;
  const id = parts['guest'];
  if (typeof of !== 'string' || typeof id !== 'string') return 'its built-in guest is not named';
  const guest = findGuest(id);
  if (guest === undefined) {
    const name = /^[a-z][a-z0-9-]{0,40}$/.test(id) ? `"${id}"` : 'it names';
    return `the built-in guest ${name} does not exist here, or is not built yet`;
  }
  if (of !== guestFingerprint(guest)) {
    notices.push({
      severity: 'warning',
      code: 'guest-changed',
      message: `The built-in guest "${id}" has changed since this link was made: it may behave differently.`,
    });
  }
  const base: Record<string, unknown> = { ...fromGuest(guest) };
  if (without !== undefined && !Array.isArray(without))
    return 'its list of parts left out is damaged';
  for (const key of (without ?? []) as unknown[]) {
    if (typeof key === 'string') Reflect.deleteProperty(base, key);
  }
  return { ...base, ...parts, format: parts['format'] ?? base['format'] ?? machineFormat };
}
