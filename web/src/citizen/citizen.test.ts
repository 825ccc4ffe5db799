import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Category, Sector } from "../api/types";
import type { Draft } from "../outbox";
import { GpsError, locateMe } from "../lib/gps";
import { beginsAsPicture, fit, seemsPicture } from "./pictures";
import { parse } from "./router.svelte";
import { folded, searchCategories, suggested } from "./search";
import {
  compose,
  isBlank,
  missing,
  newDraft,
  previous,
  progress,
  recategorised,
  reopened,
  reportNumber,
} from "./steps";

const category = (code: string, name_vi: string, name_en: string): Category => ({
  code,
  name_vi,
  name_en,
  priority: "normal",
  hint_vi: "",
  hint_en: "",
  questions: [],
  asset_layer: "",
  photo_required: true,
  approval_required: false,
  restricted: false,
});
const sectors: Sector[] = [
  {
    code: "GT",
    name_vi: "Giao thông",
    name_en: "Traffic",
    categories: [
      category("GT01", "Ổ gà, mặt đường hư hỏng", "Potholes and damaged road surface"),
      category("GT02", "Nắp hố ga mất hoặc vỡ", "Missing manhole cover"),
    ],
  },
  {
    code: "CS",
    name_vi: "Chiếu sáng",
    name_en: "Lighting",
    categories: [category("CS01", "Đèn đường không sáng", "Street light out")],
  },
];
const codes = (typed: string) => searchCategories(sectors, typed).map((one) => one.category.code);

test.each([
  ["Đường Hoà Bình", "duong hoa binh"],
  ["  Hòa—bình ", "hoa binh"],
])("%s folds to %s", (text, plain) => expect(folded(text)).toBe(plain));

test.each([
  ["o ga", ["GT01"]],
  ["hố ga", ["GT02", "GT01"]], // the phrase before its scattered syllables ("hỏng", "gà")
  ["den duong", ["CS01"]],
  ["pothole", ["GT01"]],
  ["giao thong nap", ["GT02"]], // a word of the sector, a word of the name
  ["xe bus", []],
  ["", []],
])("typing %j finds %j", (typed, found) => expect(codes(typed)).toEqual(found));

test("what this device reported before is offered first, once", () => {
  const offered = suggested(sectors, ["GT02", "gone", "GT02"]).map((one) => one.category.code);
  expect(offered).toEqual(["GT02", "GT01", "CS01"]);
});

const whole: Draft = {
  ...newDraft("r1", 5),
  category: "GT01",
  text: "  Ổ gà lớn ",
  location: { lat: 20.95, lon: 107.07, accuracy_m: 12 },
};

test("a new draft is blank and says all that it lacks", () => {
  const draft = newDraft("r1", 5);
  expect(isBlank(draft)).toBe(true);
  expect(missing(draft, 4000).map((one) => one.step)).toEqual(["place", "category", "words"]);
  expect(() => compose(draft, [])).toThrow();
});

test("a whole draft is composed without what was not given", () => {
  expect(missing(whole, 4000)).toEqual([]);
  expect(compose(whole, [])).toEqual({
    id: "r1",
    category: "GT01",
    text: "Ổ gà lớn",
    location: { lat: 20.95, lon: 107.07, accuracy_m: 12 },
    consents: [],
  });
});

test("the earliest photo says when it was seen", () => {
  const taken = [{ taken_at: 2_000 }, { taken_at: 1_000 }];
  expect(compose(whole, taken).captured_at).toBe("1970-01-01T00:00:01.000Z");
});

test("a contact goes along only with consent, and never anonymously", () => {
  const draft: Draft = { ...whole, contact: { name: " An ", phone: "", email: "an@" } };
  expect(missing(draft, 4000).map((one) => one.key)).toEqual([
    "contact_bad_email",
    "consent_contact_needed",
  ]);
  const agreed: Draft = {
    ...draft,
    contact: { name: " An ", phone: "0912 345 678", email: "" },
    consents: ["contact", "publication"],
  };
  expect(missing(agreed, 4000)).toEqual([]);
  expect(compose(agreed, [])).toMatchObject({
    contact: { name: "An", phone: "0912 345 678" },
    consents: ["contact", "publication"],
  });
  const hidden = compose({ ...agreed, anonymous: true }, []);
  expect(hidden).toMatchObject({ anonymous: true, consents: ["publication"] });
  expect(hidden).not.toHaveProperty("contact");
});

test("text is counted as the server counts it", () => {
  expect(missing({ ...whole, text: "😀".repeat(4000) }, 4000)).toEqual([]);
  expect(missing({ ...whole, text: "a".repeat(4001) }, 4000)[0]?.key).toBe("words_too_long");
});

test("steps are counted without the one that may not come", () => {
  expect(progress("photos")).toEqual({ step: 1, steps: 5 });
  expect(progress("check")).toEqual({ step: 5, steps: 5 });
  expect([previous("check", true), previous("check", false)]).toEqual(["words", "nearby"]);
  expect(previous("photos", true)).toBeNull();
});

test.each([
  ["qn 26 7k3f9d", "QN-26-7K3F9D"],
  ["QN267K3F9D", "QN-26-7K3F9D"],
  ["QN-26-7K3F0D", null], // no 0 in our numbers
  ["hello", null],
])("%j typed is %j", (typed, number) => expect(reportNumber(typed)).toBe(number));

test.each([
  ["", { page: "home" }],
  ["#/", { page: "home" }],
  ["#/new/place", { page: "new", step: "place" }],
  ["#/new/elsewhere", { page: "new", step: "photos" }],
  ["#/r/QN-26-7K3F9D", { page: "report", no: "QN-26-7K3F9D" }],
  ["#/sent/r1", { page: "sent", id: "r1" }],
  ["#/nowhere", { page: "missing" }],
])("the address %j leads to %j", (hash, route) => expect(parse(hash)).toEqual(route));

test("pictures shrink to fit and never grow", () => {
  expect(fit(4000, 3000)).toEqual({ width: 2560, height: 1920 });
  expect(fit(800, 600)).toEqual({ width: 800, height: 600 });
});

test("a picture is known by its type, or by its name where there is no type", () => {
  expect(seemsPicture({ type: "image/heic", name: "x" })).toBe(true);
  expect(seemsPicture({ type: "", name: "IMG_1.HEIC" })).toBe(true);
  expect(seemsPicture({ type: "application/pdf", name: "a.jpg" })).toBe(false);
});

type Told = [(at: GeolocationPosition) => void, (error: GeolocationPositionError) => void];

function finder() {
  const told: Told[] = [];
  let cleared = 0;
  const watchPosition = (yes: Told[0], no?: PositionErrorCallback | null) => {
    told.push([yes, no as Told[1]]);
    return 1;
  };
  const at = (accuracy: number) =>
    told[0]?.[0]({ coords: { latitude: 21, longitude: 107, accuracy } } as GeolocationPosition);
  const fail = (code: number) => told[0]?.[1]({ code } as GeolocationPositionError);
  return { watchPosition, clearWatch: () => (cleared += 1), at, fail, cleared: () => cleared };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("a position is refined until it is good, and then the watch ends", async () => {
  const phone = finder();
  const heard: (number | null | undefined)[] = [];
  const found = locateMe((place) => heard.push(place.accuracy_m), phone);
  for (const accuracy of [80, 120, 35, 9]) phone.at(accuracy);
  await expect(found).resolves.toEqual({ lat: 21, lon: 107, accuracy_m: 9 });
  expect([heard, phone.cleared()]).toEqual([[80, 35, 9], 1]);
});

test("after fifteen seconds the best so far is taken", async () => {
  const phone = finder();
  const found = locateMe(() => undefined, phone);
  phone.at(80);
  vi.advanceTimersByTime(15_000);
  await expect(found).resolves.toMatchObject({ accuracy_m: 80 });
});

test("a refusal and a failure are told apart", async () => {
  const [first, second] = [finder(), finder()];
  const refused = locateMe(() => undefined, first);
  first.fail(1);
  await expect(refused).rejects.toEqual(new GpsError("denied"));
  const failed = locateMe(() => undefined, second);
  second.fail(2);
  await expect(failed).rejects.toMatchObject({ fault: "unavailable" });
});

test.each([
  ["\xff\xd8\xff\xe1", true],
  ["RIFF....WEBPVP8 ", true],
  ["\0\0\0\x18ftypheic", true],
  ["this is no picture", false],
  ["", false],
])("bytes %j begin as a picture: %s", (text, expected) => {
  const bytes = Uint8Array.from(text, (one) => one.charCodeAt(0)).buffer;
  expect(beginsAsPicture(bytes)).toBe(expected);
});

test("a report says which light is meant, and another category puts the pin back", () => {
  const from = { location: { lat: 20.95, lon: 107.08, accuracy_m: 9 }, placed: "gps" as const };
  const snapped: Draft = {
    ...newDraft("1", 0),
    category: "CS01",
    location: { lat: 20.9501, lon: 107.08 },
    placed: "hand",
    asset: { layer: "light", code: "HG1-01", name: "Đèn số 1", from },
  };
  expect(compose(snapped, []).asset).toEqual({ layer: "light", code: "HG1-01" });
  expect(recategorised(snapped, "GT01")).toEqual({
    category: "GT01",
    answers: {},
    asset: null,
    ...from,
  });
  expect(recategorised({ ...snapped, asset: null }, "GT01")).toEqual({
    category: "GT01",
    answers: {},
  });
});

test("a refused report that is taken back says all that it said", () => {
  const said: Draft = {
    ...newDraft("1", 7),
    step: "check",
    category: "CS01",
    text: "Đèn tắt ba tối nay",
    location: { lat: 20.95, lon: 107.08 },
    placed: "hand",
    asset: {
      layer: "light",
      code: "HG1-01",
      name: "HG1-01",
      from: { location: { lat: 20.95, lon: 107.08 }, placed: "hand" },
    },
    answers: { lights: "3" },
    contact: { name: "Lan", phone: "0912345678", email: "" },
    consents: ["contact"],
    joins: "2",
    suggestion: "3",
    photos: ["4"],
  };
  const back = reopened({ id: "1", input: compose(said, []), photos: ["4"], queued_at: 7 });
  expect(back).toEqual(said);
});
