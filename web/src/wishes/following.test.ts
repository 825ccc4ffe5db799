import { expect, test } from "vitest";
import { locale } from "../i18n";
import type { Sector } from "../api/types";
import type { Following } from "./door";
import { AROUND, HERE, nameOf, needsPlace, pageOf, scopeOf, wishOf } from "./following";

const place = { lat: 20.95, lon: 107.08 };
const choice = { where: AROUND, sectors: ["moi_truong"], updates: false };

test("a wish is a circle around one, the unit where one stands, or one from the list", () => {
  const narrowed = { sectors: ["moi_truong"], updates: false };
  expect(wishOf(choice, place, null)).toEqual({ near: { ...place, radius_m: 1000 }, ...narrowed });
  expect(wishOf({ ...choice, where: HERE }, place, "06652")).toEqual({
    area: "06652",
    ...narrowed,
  });
  expect(wishOf({ ...choice, where: "07100" }, null, null)).toEqual({ area: "07100", ...narrowed });
  expect(["around", "here", "07100"].map((where) => needsPlace({ ...choice, where }))).toEqual([
    true,
    true,
    false,
  ]);
});

test("what is followed is named, with its sectors and whether results are told", () => {
  locale.choose("en");
  const areas = [{ code: "06652", name_vi: "Phường Hạ Long", name_en: "Hạ Long ward" }];
  const sectors = [{ code: "moi_truong", name_vi: "Môi trường", name_en: "Environment" }];
  const plain = { report_no: "", category: "" };
  const area: Following = { id: 1, area: "06652", sectors: [], updates: true, ...plain };
  const near: Following = {
    id: 2,
    near: { ...place, radius_m: 1000 },
    sectors: ["moi_truong", "khac"],
    updates: false,
    ...plain,
  };
  expect(nameOf(area, areas)).toBe("Hạ Long ward");
  expect(nameOf({ ...area, area: "1" }, areas)).toBe("Administrative unit 1");
  expect(nameOf(near, areas)).toBe("1\u00a0km around a place");
  expect(scopeOf(area, sectors as unknown as Sector[])).toBe("All sectors · results too");
  expect(scopeOf(near, sectors as unknown as Sector[])).toBe(
    "Environment, khac · new reports only",
  );
});

test("a matter that is followed is known by what it is about, and leads to its page", () => {
  locale.choose("vi");
  const one: Following = {
    id: 3,
    ticket: "0b1c",
    updates: true,
    report_no: "QN-26-7K3F9D",
    category: "GT01",
  };
  const categories = [{ code: "GT01", name_vi: "Ổ gà", name_en: "Pothole" }];
  const sectors = [{ code: "GT", name_vi: "", name_en: "", categories }] as unknown as Sector[];
  expect(nameOf(one, [], sectors)).toBe("Ổ gà · QN-26-7K3F9D");
  expect(nameOf(one, [], [])).toBe("QN-26-7K3F9D");
  expect(scopeOf(one, sectors)).toBe("mọi bước của vụ việc");
  expect(pageOf(one)).toBe("/public#/t/0b1c");
  expect(
    pageOf({ id: 1, area: "06652", updates: true, report_no: "", category: "" }),
  ).toBeUndefined();
});
