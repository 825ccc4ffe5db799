/** Small settings kept on this device. Storage may be forbidden or full; then they last for the visit. */
const visit = new Map<string, string>();

export function remember(key: string, value: string): void {
  visit.set(key, value);
  try {
    localStorage.setItem(key, value);
  } catch {
    // Kept for the visit above.
  }
}

export function recall(key: string): string | null {
  try {
    return localStorage.getItem(key) ?? visit.get(key) ?? null;
  } catch {
    return visit.get(key) ?? null;
  }
}

export function forget(key: string): void {
  visit.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}
