/** What a key asks of the desk, unless somebody is typing or another thing is in front. */
export type Wish =
  | { do: "step"; by: 1 | -1 }
  | { do: "tab"; index: number }
  | { do: "search" | "admit" | "help" | "next" | "comment" | "close" };

export interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  target: EventTarget | null;
}

// A box that is ticked takes the space bar and no letter.
const TYPING =
  "input:not([type='checkbox'], [type='radio']), textarea, select, [contenteditable], [role='dialog'], [role='menu']";

const KEYS: Record<string, Wish> = {
  j: { do: "step", by: 1 },
  k: { do: "step", by: -1 },
  "/": { do: "search" },
  n: { do: "admit" },
  "?": { do: "help" },
  a: { do: "next" },
  c: { do: "comment" },
  Escape: { do: "close" },
};

export function shortcut(press: Press): Wish | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  const element = press.target as { closest?: (selector: string) => unknown } | null;
  if (element?.closest?.(TYPING)) return null;
  if (/^[1-5]$/.test(press.key)) return { do: "tab", index: Number(press.key) - 1 };
  return KEYS[press.key] ?? null;
}
