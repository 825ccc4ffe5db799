import { expect, test } from "vitest";
import { ApiClient } from "./client";
import { AT_ONCE, PIECE, sendInPieces, sendPhoto } from "./pieces";

const json = (body: object, status = 200) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": status < 400 ? "application/json" : "application/problem+json" },
  });

/** A server that keeps pieces, and is told which of its answers are lost. */
function server(size: number, loses: Set<number> = new Set(), have = 0) {
  let offset = have;
  let calls = 0;
  const ranges: string[] = [];
  const state = () => ({ id: "u1", state: offset < size ? "partial" : "received", offset });
  const api = new ApiClient({ mode: "omit", headers: () => ({}) }, async (_url, init) => {
    if (init?.method === "PATCH") {
      const range = (init.headers as Record<string, string>)["Content-Range"] ?? "";
      ranges.push(range);
      const [start, end] = [...range.matchAll(/\d+/g)].map(Number);
      if (start !== offset) return json({ status: 409, code: "photo_wrong_offset", offset }, 409);
      offset = (end ?? 0) + 1;
      expect((init.body as ArrayBuffer).byteLength).toBe(offset - (start ?? 0));
    }
    calls += 1;
    if (loses.has(calls)) throw new TypeError("network");
    return json(state());
  });
  return { api, ranges };
}

test("a small photo goes at once, a large one in pieces, each saying how far it is", async () => {
  const size = Math.max(2 * PIECE, AT_ONCE + 1);
  const { api, ranges } = server(size);
  const shares: number[] = [];
  await sendPhoto(api, new Blob([photo(size)]), "a.jpg", (share) => shares.push(share));
  expect(ranges.length).toBeGreaterThan(1);
  expect(shares).toEqual([...shares].sort((one, other) => one - other));
  expect([shares[0], shares.at(-1)]).toEqual([0, 1]);
  await sendPhoto(api, new Blob([photo(10)]), "b.jpg");
  expect(ranges).toHaveLength(shares.length - 1); // no further piece
});

const photo = (size: number) => new Uint8Array(size).fill(7).buffer;

test("a photo goes in pieces, each where the last one ended", async () => {
  const size = 2 * PIECE + 10;
  const { api, ranges } = server(size);
  expect((await sendInPieces(api, photo(size))).state).toBe("received");
  expect(ranges).toEqual([
    `bytes 0-${PIECE - 1}/${size}`,
    `bytes ${PIECE}-${2 * PIECE - 1}/${size}`,
    `bytes ${2 * PIECE}-${size - 1}/${size}`,
  ]);
});

test("after a lost answer the next try goes on from what the server has", async () => {
  const size = 3 * PIECE;
  const { api, ranges } = server(size, new Set([3]));
  await expect(sendInPieces(api, photo(size))).rejects.toMatchObject({ offline: true });
  expect((await sendInPieces(api, photo(size))).state).toBe("received");
  expect(ranges).toHaveLength(3); // no piece was sent twice
});

test("what the server has whole needs no byte", async () => {
  const { api, ranges } = server(100, new Set(), 100);
  expect((await sendInPieces(api, photo(100))).state).toBe("received");
  expect(ranges).toEqual([]);
});
