import { format, t } from "../i18n";
import { straightJson } from "../lib/straight";

export interface FieldError {
  field: string;
  code: string;
  detail: string;
}

/** The server's refusal (RFC 9457), or, with status 0, its silence. */
export class Problem extends Error {
  override name = "Problem";
  readonly status: number;
  readonly code: string;
  readonly errors: FieldError[];
  /** How long the server asked us to wait, in ms; null when it did not say. */
  readonly retryAfter: number | null;
  /** The whole document: a 409 carries the current ticket. */
  readonly document: Readonly<Record<string, unknown>>;

  constructor(given: {
    status: number;
    code: string;
    detail?: string;
    errors?: FieldError[];
    retryAfter?: number | null;
    document?: Record<string, unknown>;
  }) {
    super(given.detail ?? "");
    this.status = given.status;
    this.code = given.code;
    this.errors = given.errors ?? [];
    this.retryAfter = given.retryAfter ?? null;
    this.document = given.document ?? {};
  }

  get offline(): boolean {
    return this.status === 0;
  }

  errorOf(field: string): string | null {
    return this.errors.find((error) => error.field === field)?.detail ?? null;
  }
}

/** One sentence for a person: what happened and what to do. */
export function sentence(error: unknown): string {
  if (!(error instanceof Problem)) return t("problem_unknown");
  if (error.offline) return t("problem_network");
  if ((error.status === 429 || error.status === 503) && error.retryAfter !== null) {
    const wait = format.duration(error.retryAfter) || t("time_under_minute");
    return t("problem_busy", { duration: wait });
  }
  return error.errors[0]?.detail || error.message || t("problem_unknown");
}

/** `Retry-After` in ms: seconds or an HTTP date (RFC 9110, 10.2.3). */
export function retryAfter(value: string | null, now: number): number | null {
  if (!value) return null;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

function fieldErrors(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (item): item is FieldError =>
      typeof item === "object" && item !== null && "field" in item && "detail" in item,
  );
}

/** Read a refusal; one that is no problem document (a proxy's page) still has its status. */
export async function problemOf(response: Response, now: number): Promise<Problem> {
  const wait = retryAfter(response.headers.get("Retry-After"), now);
  const plain = { status: response.status, code: `http_${response.status}`, retryAfter: wait };
  if (!(response.headers.get("Content-Type") ?? "").includes("json")) return new Problem(plain);
  const document: unknown = await straightJson(response).catch(() => null);
  if (typeof document !== "object" || document === null) return new Problem(plain);
  const { code, detail, title, errors } = document as Record<string, unknown>;
  return new Problem({
    ...plain,
    code: typeof code === "string" ? code : plain.code,
    detail: typeof detail === "string" ? detail : typeof title === "string" ? title : "",
    errors: fieldErrors(errors),
    document: document as Record<string, unknown>,
  });
}
