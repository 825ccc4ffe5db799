import { locale } from "../i18n";
import { straightJson } from "../lib/straight";
import { Problem, problemOf } from "./problem";

export type Query = Record<string, string | number | boolean | null | undefined | string[]>;

/** How a face proves who it is: a citizen's device by its token, staff by session cookie. */
export interface Credentials {
  mode: RequestCredentials;
  headers(method: string): Record<string, string>;
}

export interface Answer<T> {
  body: T;
  status: number;
  headers: Headers;
}

export interface Options {
  query?: Query;
  signal?: AbortSignal;
}

const ROOT = "/api/v1/";
const SILENCE = 30_000; // a request without an answer for this long (ms) is a lost one
const UPLOAD_SILENCE = 180_000; // a photo on a weak network takes minutes
const PATIENCE = 10_000; // a reader waits this long (ms) for a busy server before being told
const REPEATS = 2;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export function address(path: string, query: Query = {}): string {
  // A cursor link from the server is whole already.
  const base = path.startsWith("http") || path.startsWith("/") ? path : ROOT + path;
  const given = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === "") continue;
    if (!Array.isArray(value)) given.append(key, String(value));
    else if (value.length > 0) given.append(key, value.join(","));
  }
  const tail = given.toString();
  return tail ? `${base}${base.includes("?") ? "&" : "?"}${tail}` : base;
}

/** A cursor link without its host: behind a proxy the server may not know its own name. */
export function pathOf(link: string): string {
  const { pathname, search } = new URL(link, "http://here");
  return pathname + search;
}

export class ApiClient {
  readonly #credentials: Credentials;
  readonly #fetch: typeof fetch;

  constructor(credentials: Credentials, fetcher: typeof fetch = (...args) => fetch(...args)) {
    this.#credentials = credentials;
    this.#fetch = fetcher;
  }

  async get<T>(path: string, options: Options = {}): Promise<T> {
    return (await this.read<T>(path, options)).body;
  }

  /** A GET with its headers. Reading is harmless, so a busy server is asked again in its time. */
  async read<T>(path: string, options: Options = {}): Promise<Answer<T>> {
    for (let repeat = 0; ; repeat += 1) {
      try {
        return await this.#send<T>("GET", path, undefined, options);
      } catch (error) {
        const wait = error instanceof Problem ? error.retryAfter : null;
        if (wait === null || wait > PATIENCE || repeat >= REPEATS) throw error;
        await pause(wait);
      }
    }
  }

  async post<T>(path: string, body?: unknown, options: Options = {}): Promise<T> {
    return (await this.#send<T>("POST", path, body ?? {}, options)).body;
  }

  async put<T>(path: string, body: unknown, options: Options = {}): Promise<T> {
    return (await this.#send<T>("PUT", path, body, options)).body;
  }

  async patch<T>(path: string, body: unknown, options: Options = {}): Promise<T> {
    return (await this.#send<T>("PATCH", path, body, options)).body;
  }

  async delete(path: string, options: Options = {}): Promise<void> {
    await this.#send("DELETE", path, undefined, options);
  }

  /** Send one picture. The same bytes again give the same upload. */
  async upload<T>(path: string, file: Blob, name: string): Promise<T> {
    const form = new FormData();
    form.append("file", file, name);
    return (await this.#send<T>("POST", path, form, {})).body;
  }

  /** Send a piece of a photo, saying where it begins in the whole. */
  async patchBytes<T>(
    path: string,
    piece: ArrayBuffer,
    { start, total }: { start: number; total: number },
  ): Promise<T> {
    const range = `bytes ${start}-${start + piece.byteLength - 1}/${total}`;
    return (await this.#send<T>("PATCH", path, piece, {}, { "Content-Range": range })).body;
  }

  async #send<T>(
    method: string,
    path: string,
    body: unknown,
    options: Options,
    more: Record<string, string> = {},
  ) {
    const response = await this.#ask(method, path, body, options, more);
    if (!response.ok) throw await problemOf(response, Date.now());
    const empty = response.status === 204 || response.status === 205;
    const given: unknown = empty ? undefined : await straightJson(response).catch(lost);
    return { body: given as T, status: response.status, headers: response.headers };
  }

  async #ask(
    method: string,
    path: string,
    body: unknown,
    options: Options,
    more: Record<string, string>,
  ): Promise<Response> {
    const form = body instanceof FormData;
    const bytes = body instanceof ArrayBuffer;
    const headers: Record<string, string> = {
      Accept: "application/json",
      "Accept-Language": locale.current,
      ...this.#credentials.headers(method),
      ...more,
    };
    if (bytes) headers["Content-Type"] = "application/octet-stream";
    else if (body !== undefined && !form) headers["Content-Type"] = "application/json";
    const { signal, done } = limited(form || bytes ? UPLOAD_SILENCE : SILENCE, options.signal);
    const request: RequestInit = { method, headers, signal, credentials: this.#credentials.mode };
    if (body !== undefined) request.body = form || bytes ? body : JSON.stringify(body);
    try {
      return await this.#fetch(address(path, options.query), request);
    } catch (error) {
      if (options.signal?.aborted) throw error;
      return lost();
    } finally {
      done();
    }
  }
}

/** A signal for a time limit and a caller's wish at once; AbortSignal.any is missing on older phones. */
function limited(ms: number, wish?: AbortSignal): { signal: AbortSignal; done: () => void } {
  const control = new AbortController();
  const stop = () => control.abort();
  const timer = setTimeout(stop, ms);
  if (wish?.aborted) stop();
  wish?.addEventListener("abort", stop);
  const done = () => {
    clearTimeout(timer);
    wish?.removeEventListener("abort", stop);
  };
  return { signal: control.signal, done };
}

function lost(): never {
  throw new Problem({ status: 0, code: "network" });
}
