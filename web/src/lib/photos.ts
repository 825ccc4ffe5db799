interface Shown {
  kind: "before" | "after";
  state: string;
}

/** The first photo of the scene and the last of the result; null until there are both. */
export function pairOf<P extends Shown>(photos: P[]): { before: P; after: P } | null {
  const ready = photos.filter((photo) => photo.state === "ready");
  const before = ready.find((photo) => photo.kind === "before");
  const after = ready.findLast((photo) => photo.kind === "after");
  return before && after ? { before, after } : null;
}
