/** What a rule asks, as people read it. */
import { named } from "../i18n";
import type { Names } from "../staff/names.svelte";
import { r, type RulesKey } from "./i18n";
import type { Rule, RuleInput } from "./store.svelte";

export const CONDITIONS = [
  "categories",
  "sectors",
  "areas",
  "levels",
  "assets",
  "answers",
  "priorities",
  "reporters",
  "channels",
  "hours",
  "days",
] as const;
export type Condition = (typeof CONDITIONS)[number];

/** Values that are fixed words of ours, with the beginning of their key. */
export const FIXED: Partial<Record<Condition, [string, readonly string[]]>> = {
  levels: ["level", ["commune", "province"]],
  priorities: ["priority", ["low", "normal", "high", "emergency"]],
  reporters: ["reporter", ["citizen", "anonymous", "officer", "staff"]],
  channels: ["channel", ["web", "android", "ios", "open311", "desk"]],
};

export function valueName(condition: Condition, value: string, names: Names): string {
  if (condition === "categories") return names.category(value);
  if (condition === "sectors") return names.sector(value);
  if (condition === "areas") {
    if (value === "outside") return r("outside");
    return named(names.areas.find((one) => one.code === value)) || value;
  }
  if (condition === "hours" && (value === "working" || value === "off")) {
    return r(`hours_${value}`);
  }
  if (condition === "days") return value.replace("..", " → ");
  const fixed = FIXED[condition];
  return fixed ? r(`${fixed[0]}_${value}` as RulesKey) : value;
}

const SHOWN = 3; // more values than this are counted, not named

/** One line for each condition that the rule names. */
export function asked(rule: Rule, names: Names): { label: string; text: string }[] {
  return CONDITIONS.flatMap((condition) => {
    const values = rule[condition] ?? [];
    if (values.length === 0) return [];
    const first = values.slice(0, SHOWN).map((value) => valueName(condition, value, names));
    const rest = values.length - first.length;
    const text = [first.join(", "), rest > 0 ? r("more_values", { count: rest }) : ""];
    return [{ label: r(`cond_${condition}`), text: text.filter(Boolean).join(" ") }];
  });
}

export function titleOf(rule: { name: string; title_vi: string; title_en?: string }): string {
  return named({ name_vi: rule.title_vi, name_en: rule.title_en ?? "" }) || rule.name;
}

export const emptyRule = (): RuleInput => ({
  title_vi: "",
  title_en: "",
  outcome: "unit_committee",
  agency: null,
  roster: null,
  priority: "",
  intake: "",
  ack_minutes: null,
  resolve_minutes: null,
  clock: "",
  why_vi: "",
  why_en: "",
  active: true,
  supporting: [],
  ...Object.fromEntries(CONDITIONS.map((condition) => [condition, []])),
});
