/** The middle of the values, the mean of the two middle ones for an even count; undefined for none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}

/**
 * The smallest of the values that at least `percent` (above 0, up to 100) of them do not exceed:
 * the nearest-rank percentile, so always a value that was measured; undefined for none.
 */
export function percentile(values: readonly number[], percent: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil((percent / 100) * sorted.length)) - 1];
}

/** How many times `native` the tab took, by medians; undefined when one of them is missing. */
export function ratio(native: readonly number[], tab: readonly number[]): number | undefined {
  const below = median(native);
  const above = median(tab);
  return below === undefined || above === undefined || below === 0 ? undefined : above / below;
}
