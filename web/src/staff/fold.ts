const MARKS = /\p{M}+/gu;

/**
 * A text as people type it in a search box: no diacritics, no case. Folding the parts also makes
 * Hoà and Hòa, composed and decomposed, the same.
 */
export function fold(text: string): string {
  return text
    .normalize("NFD")
    .replace(MARKS, "")
    .toLowerCase()
    .replaceAll("đ", "d")
    .replace(/\s+/g, " ")
    .trim();
}

/** Rows that a query finds: those that hold it as it was typed before those that only hold its words. */
export function found<T extends { text: string }>(rows: T[], query: string): T[] {
  const phrase = fold(query);
  const fitting = rows.filter(({ text }) => holds(text, query));
  return [
    ...fitting.filter(({ text }) => text.includes(phrase)),
    ...fitting.filter(({ text }) => !text.includes(phrase)),
  ];
}

/** Whether every word of the query stands somewhere in the text, which is folded already. */
export function holds(folded: string, query: string): boolean {
  return fold(query)
    .split(" ")
    .every((word) => folded.includes(word));
}
