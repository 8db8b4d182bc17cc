/** What the page's address asks for. */
export interface PageAddress {
  /** `?guest=ID`: a built-in guest. */
  guest?: string;
  /** `#m1.…`: a machine; it wins over `guest`. */
  link?: string;
  /** `?boot=0` opens without starting. A machine of a link never starts by itself. */
  boot: boolean;
  /** `?boot=cold`: from reset, although the guest has a snapshot. */
  cold?: boolean;
  /** `?console=ID`: the console to show first. */
  console?: string;
  /** `?embed=1`: the page is inside another one. */
  embed: boolean;
  /** Sentences about what was not understood. */
  problems: string[];
}

/**
 * Reads the query and fragment of the page's address.
 * @param search `location.search`
 * @param hash `location.hash`
 */
export function parseAddress(search: string, hash: string): PageAddress {
  const query = new URLSearchParams(search);
  const problems: string[] = [];
  const named = (key: 'guest' | 'console', pattern: RegExp): string | undefined => {
    const value = query.get(key);
    if (value === null || value === '') return undefined;
    if (pattern.test(value)) return value;
    problems.push(`?${key}= is not a name of a ${key}, and is ignored.`);
    return undefined;
  };
  const cold = query.get('boot') === 'cold';
  const flag = (key: 'boot' | 'embed', fallback: boolean): boolean => {
    const value = query.get(key);
    if (value === null || (key === 'boot' && cold)) return fallback;
    if (value === '0' || value === '1') return value === '1';
    const more = key === 'boot' ? ' or cold' : '';
    problems.push(`?${key}= takes 0 or 1${more}, and is ignored.`);
    return fallback;
  };
  const guest = named('guest', /^[a-z][a-z0-9-]{0,63}$/);
  const console = named('console', /^[A-Za-z][A-Za-z0-9._-]{0,63}$/);
  const link = /^#?m[0-9]+\./.test(hash) ? hash : undefined;
  const isLink = link !== undefined;
  if (!isLink && hash.replace(/^#/, '') !== '') {
    problems.push('What follows # in the address is no machine, and is ignored.');
  }
  return {
    ...(guest === undefined ? {} : { guest }),
    ...(link === undefined ? {} : { link }),
    boot: flag('boot', true) && !isLink,
    ...(cold && !isLink ? { cold } : {}),
    ...(console === undefined ? {} : { console }),
    embed: flag('embed', false),
    problems,
  };
}

/** The query for an address that opens like this one; `boot` and `embed` only where they differ. */
export function printAddress(address: Omit<PageAddress, 'problems'>): string {
  const query = new URLSearchParams();
  const isLink = address.link !== undefined;
  if (address.guest !== undefined && !isLink) query.set('guest', address.guest);
  if (!address.boot && !isLink) query.set('boot', '0');
  else if (address.cold === true && !isLink) query.set('boot', 'cold');
  if (address.console !== undefined) query.set('console', address.console);
  if (address.embed) query.set('embed', '1');
  const text = query.toString();
  return (text === '' ? '' : `?${text}`) + (address.link ?? '');
}
