/** Photos as they are picked: checked, read, and made smaller where a person wants to save data. */

const LARGEST = 2560; // px of the longer side when saving data
const WORTH_IT = 600_000; // bytes; below this there is little to save
const QUALITY = 0.85;

export interface Picked {
  bytes: ArrayBuffer;
  type: string;
  name: string;
  taken_at: number;
}

export type PickFault = "not_one" | "too_large" | "unreadable";

export class PickError extends Error {
  readonly fault: PickFault;
  readonly file: string;
  constructor(fault: PickFault, file: string) {
    super(fault);
    this.fault = fault;
    this.file = file;
  }
}

/** The size to draw at so that the longer side fits `most`; never larger than it is. */
export function fit(width: number, height: number, most: number = LARGEST) {
  const scale = Math.min(1, most / Math.max(width, height));
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

const PICTURE_NAME = /\.(jpe?g|png|webp|gif|hei[cf]|avif|tiff?|bmp)$/i;

/** By type or, where the phone names none (HEIC on some), by name. The server looks at the bytes. */
export function seemsPicture(file: { type: string; name: string }): boolean {
  return file.type ? file.type.startsWith("image/") : PICTURE_NAME.test(file.name);
}

const SIGNATURES: [offset: number, ascii: string][] = [
  [0, "\xff\xd8\xff"],
  [0, "\x89PNG"],
  [0, "GIF8"],
  [8, "WEBP"],
  [4, "ftyp"], // HEIC and AVIF
  [0, "BM"],
  [0, "II*\0"],
  [0, "MM\0*"],
];

/** Whether the bytes begin as some picture does: a name and a type can say anything. */
export function beginsAsPicture(bytes: ArrayBuffer): boolean {
  const head = String.fromCharCode(...new Uint8Array(bytes.slice(0, 12)));
  return SIGNATURES.some(([offset, ascii]) => head.startsWith(ascii, offset));
}

async function smaller(file: File): Promise<Blob | null> {
  // Upright while drawing: the turn is in metadata that a canvas drops.
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(
    () => null,
  );
  if (!picture) return null; // HEIC outside Safari: the server can read it
  const { width, height } = fit(picture.width, picture.height);
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")?.drawImage(picture, 0, 0, width, height);
  picture.close();
  const made = await new Promise<Blob | null>((resolve) =>
    canvas.toBlob(resolve, "image/jpeg", QUALITY),
  );
  return made && made.size < file.size ? made : null;
}

/** Read a picked file now: later the phone may have deleted it. Throws PickError. */
export async function readPicture(
  file: File,
  options: { saveData: boolean; maxBytes: number },
): Promise<Picked> {
  if (!seemsPicture(file)) throw new PickError("not_one", file.name);
  const enough = options.saveData ? WORTH_IT : options.maxBytes;
  const small = file.size > enough ? await smaller(file) : null;
  const kept: Blob = small ?? file;
  if (kept.size > options.maxBytes) throw new PickError("too_large", file.name);
  const bytes = await kept.arrayBuffer().catch(() => null);
  if (!bytes || !beginsAsPicture(bytes)) throw new PickError("unreadable", file.name);
  return {
    bytes,
    type: kept.type || "application/octet-stream",
    name: small ? file.name.replace(/\.\w+$/, "") + ".jpg" : file.name || "photo.jpg",
    taken_at: file.lastModified || Date.now(),
  };
}
