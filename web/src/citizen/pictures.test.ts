import { afterEach, expect, test, vi } from "vitest";
import { readPicture } from "./pictures";

const LIMITS = { saveData: false, maxBytes: 1000 };
const jpeg = (bytes: number) =>
  Uint8Array.from([0xff, 0xd8, 0xff, ...new Array(bytes - 3).fill(0)]);
const file = (bytes: number) => new File([jpeg(bytes)], "IMG_1.heic.jpg", { type: "image/jpeg" });

/** A browser whose canvas makes a JPEG of so many bytes of any picture; without, it reads none. */
function browser(bytes?: number): void {
  const drawn = { getContext: () => ({ drawImage: vi.fn() }) };
  const toBlob = (give: BlobCallback) => give(new Blob([jpeg(bytes ?? 3)], { type: "image/jpeg" }));
  vi.stubGlobal("document", { createElement: () => ({ ...drawn, toBlob }) });
  vi.stubGlobal("createImageBitmap", () =>
    bytes === undefined
      ? Promise.reject(new Error())
      : Promise.resolve({ width: 9000, height: 6000, close: vi.fn() }),
  );
}

afterEach(() => void vi.unstubAllGlobals());

test("a photo within the limit stays as it is", async () => {
  browser(10);
  const { bytes, name } = await readPicture(file(900), LIMITS);
  expect([bytes.byteLength, name]).toEqual([900, "IMG_1.heic.jpg"]);
});

test("a photo over the limit is made smaller, not refused", async () => {
  browser(800);
  expect((await readPicture(file(1200), LIMITS)).bytes.byteLength).toBe(800);
});

test("a photo over the limit that cannot be made small enough is refused", async () => {
  browser(1100);
  await expect(readPicture(file(1200), LIMITS)).rejects.toMatchObject({ fault: "too_large" });
  browser();
  await expect(readPicture(file(1200), LIMITS)).rejects.toMatchObject({ fault: "too_large" });
});
