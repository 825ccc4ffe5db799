import { staffApi } from "../api/session";
import type { components } from "../api/schema";
import { loadBoundaries, loadSettings, nothing, type Boundaries } from "../map";
import type { Settings } from "../api/types";
import { Names } from "../staff/names.svelte";

type Schemas = components["schemas"];
export type RuleSet = Schemas["RuleSetOutput"];
export type Whole = Schemas["RuleSetDetail"];
export type Rule = Schemas["RuleOutput"];
export type RuleInput = Schemas["RuleInput"];
export type Coverage = Schemas["CoverageOutput"];
export type Simulation = Schemas["SimulationOutput"];
export type Change = Schemas["ChangeOutput"];
export type Move = Schemas["MoveOutput"];
type Page = Schemas["RuleSetPage"];

export const TABS = ["rules", "coverage", "simulation", "moves"] as const;
export type Tab = (typeof TABS)[number];

/** The sets of rules, the one that is looked at, and the names behind the codes. */
export class Rules {
  readonly names = new Names();
  page = $state.raw<Page | null>(null);
  whole = $state.raw<Whole | null>(null);
  fault = $state.raw<unknown>(null);
  /** Which side of the set is looked at; a link may ask for one. */
  tab = $state<Tab>(TABS.find((one) => globalThis.location.hash === `#${one}`) ?? "rules");
  boundaries = $state.raw<Boundaries>(nothing);
  settings = $state.raw<Settings | null>(null);

  async start(): Promise<void> {
    this.fault = null;
    void loadBoundaries(staffApi).then(
      (given) => (this.boundaries = given),
      () => undefined, // the map stays empty; the table says it all
    );
    void loadSettings(staffApi).then(
      (given) => (this.settings = given),
      () => undefined,
    );
    try {
      await Promise.all([this.names.load(), this.refresh()]);
      const first = this.page?.results.find((one) => one.state === "in_force");
      const number = (first ?? this.page?.results[0])?.number;
      if (number && !this.whole) await this.open(number);
    } catch (error) {
      this.fault = error;
    }
  }

  async refresh(): Promise<void> {
    this.page = await staffApi.get<Page>("rules/sets");
  }

  async open(number: number): Promise<void> {
    this.whole = await staffApi.get<Whole>(`rules/sets/${number}`);
  }

  /** Do something on the server, then look at what came of it. */
  async act<T>(work: () => Promise<T>, open?: number): Promise<T> {
    const result = await work();
    await this.refresh();
    const number = open ?? this.whole?.number;
    const there = this.page?.results.some((one) => one.number === number);
    if (number && there) await this.open(number);
    else this.whole = null;
    return result;
  }

  get mayEdit(): boolean {
    return (this.page?.may_edit ?? false) && this.whole?.state === "draft";
  }
}

export const path = (number: number, rest = "") => `rules/sets/${number}${rest}`;
