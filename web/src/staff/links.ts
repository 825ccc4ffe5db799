/** One part of a page's address; empty where it is not there. */
export function part(search: string, name: string): string {
  return new URLSearchParams(search).get(name) ?? "";
}

/** The address with some parts changed; empty ones go. */
export function changed(search: string, changes: Record<string, string>): string {
  const params = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes)) {
    if (value) params.set(name, value);
    else params.delete(name);
  }
  const text = params.toString();
  return text && `?${text}`;
}

/** A cursor link without its origin: a proxy may have told the server another one. */
export function localPath(link: string): string {
  const url = new URL(link, "http://local");
  return url.pathname + url.search;
}
