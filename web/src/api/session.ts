import { ApiClient, type Credentials } from "./client";
import { Problem } from "./problem";
import type { Role, Session } from "./types";

export function cookie(name: string, jar: string): string | null {
  for (const part of jar.split(";")) {
    const [key, ...value] = part.trim().split("=");
    if (key === name) return decodeURIComponent(value.join("="));
  }
  return null;
}

/** Staff: the session cookie goes along, and Django's CSRF cookie is repeated on every change. */
export const sessionCredentials: Credentials = {
  mode: "same-origin",
  headers(method): Record<string, string> {
    const token = method === "GET" ? null : cookie("csrftoken", document.cookie);
    return token ? { "X-CSRFToken": token } : {};
  },
};

export const staffApi = new ApiClient(sessionCredentials);

/** Who has signed in here; null for nobody, and for a session that this browser cannot use. */
export async function whoAmI(api: ApiClient = staffApi): Promise<Session | null> {
  try {
    return await api.get<Session>("session");
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null;
    throw error;
  }
}

export async function signIn(
  given: { username: string; password: string; otp?: string },
  api: ApiClient = staffApi,
): Promise<Session> {
  return api.post<Session>("session", given);
}

export async function signOut(api: ApiClient = staffApi): Promise<void> {
  await api.delete("session");
}

export function holds(session: Session, ...roles: Role[]): boolean {
  return session.roles.some((role) => roles.includes(role));
}
