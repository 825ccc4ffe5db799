import { afterEach, expect, test, vi } from "vitest";
import { locale } from "../i18n";
import { ApiClient, address, pathOf, type Credentials } from "./client";
import { Problem, retryAfter, sentence } from "./problem";
import { cookie } from "./session";

const nobody: Credentials = { mode: "omit", headers: () => ({}) };
const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": "application/json", ...headers },
  });

function client(...answers: (Response | Error)[]) {
  const asked: [string, RequestInit][] = [];
  const api = new ApiClient(nobody, async (url, init) => {
    asked.push([String(url), init ?? {}]);
    const next = answers.shift();
    if (!next || next instanceof Error) throw next ?? new Error("nothing left to answer");
    return next;
  });
  return { api, asked };
}

afterEach(() => {
  vi.useRealTimers();
  locale.choose("vi");
});

test("an address leaves out what is not given and joins lists", () => {
  expect(address("tickets", { status: ["routed", "accepted"], q: "", area: null, n: 0 })).toBe(
    "/api/v1/tickets?status=routed%2Caccepted&n=0",
  );
  expect(address("/api/v1/tickets?cursor=x", { n: 1 })).toBe("/api/v1/tickets?cursor=x&n=1");
});

test("a cursor link is followed here, whatever host it names", () => {
  expect(pathOf("http://internal:8000/api/v1/reports?cursor=abc")).toBe(
    "/api/v1/reports?cursor=abc",
  );
});

test("a refusal becomes a problem with its fields, and the language is asked for", async () => {
  locale.choose("en");
  const { api, asked } = client(
    json(
      {
        code: "invalid_input",
        detail: "Some fields are wrong.",
        errors: [{ field: "text", code: "empty", detail: "Write a sentence." }],
      },
      400,
      { "Content-Type": "application/problem+json" },
    ),
  );
  const problem = await api.post("reports", { text: "" }).catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(Problem);
  expect((problem as Problem).errorOf("text")).toBe("Write a sentence.");
  expect(sentence(problem)).toBe("Write a sentence.");
  expect(asked[0]?.[1].headers).toMatchObject({
    "Accept-Language": "en",
    "Content-Type": "application/json",
  });
});

test("a proxy's page is a problem of its status", async () => {
  const { api } = client(new Response("<h1>Bad gateway</h1>", { status: 502 }));
  await expect(api.get("settings")).rejects.toMatchObject({ status: 502, code: "http_502" });
});

test("silence is a problem that says to look at the network", async () => {
  const { api } = client(new TypeError("Failed to fetch"));
  const problem = await api.get("settings").catch((error: unknown) => error);
  expect(problem).toMatchObject({ status: 0, offline: true });
  expect(sentence(problem)).toContain("Kiểm tra mạng");
});

test("a reader waits as long as a busy server asks, and a writer is told at once", async () => {
  vi.useFakeTimers();
  const busy = () => json({ code: "throttled" }, 429, { "Retry-After": "3" });
  const reading = client(busy(), json({ ok: true }));
  const answer = reading.api.get("categories");
  await vi.advanceTimersByTimeAsync(2_900);
  expect(reading.asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(200);
  await expect(answer).resolves.toEqual({ ok: true });

  const writing = client(busy());
  await expect(writing.api.post("reports", {})).rejects.toMatchObject({ retryAfter: 3_000 });
});

test("a wait of minutes is told, not waited", async () => {
  const { api, asked } = client(json({ code: "throttled" }, 503, { "Retry-After": "120" }));
  const problem = await api.get("categories").catch((error: unknown) => error);
  expect(asked).toHaveLength(1);
  expect(sentence(problem)).toBe("Máy chủ đang bận. Hãy thử lại sau 2 phút.");
});

test("Retry-After may be a date", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  expect(retryAfter("Thu, 01 Jan 2026 00:00:05 GMT", now)).toBe(5_000);
  expect(retryAfter("soon", now)).toBeNull();
  expect(retryAfter(null, now)).toBeNull();
});

test("the CSRF token is found among other cookies", () => {
  expect(cookie("csrftoken", "a=1; csrftoken=x%3Dy; b=2")).toBe("x=y");
  expect(cookie("csrftoken", "xcsrftoken=1")).toBeNull();
});
