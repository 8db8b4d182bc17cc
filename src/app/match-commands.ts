/**
 * The commands whose title has every word of the query, in any order; those that begin with it
 * come first.
 */
export function matching<Item extends { title: string }>(
  query: string,
  from: readonly Item[],
): Item[] {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const found = from.filter(({ title }) =>
    words.every((word) => title.toLowerCase().includes(word)),
  );
  const begins = ({ title }: Item): boolean => title.toLowerCase().startsWith(words[0] ?? '');
  return [...found.filter(begins), ...found.filter((each) => !begins(each))];
}
