import { ApiClient, type Answer, type Options } from "../api/client";
import { Problem } from "../api/problem";
import { sessionCredentials } from "../api/session";
import type { Session } from "../api/types";

/**
 * Who is signed in, and what happens when the session ends meanwhile: the page stays as it is, a
 * dialog asks for the password, and what was being asked is asked again. Nothing typed is lost.
 */
export class Access {
  session = $state.raw<Session>({} as Session);
  expired = $state(false);
  #waiting: (() => void)[] = [];
  readonly #api = new ApiClient(sessionCredentials);

  constructor(session: Session) {
    this.session = session;
  }

  async ask<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Problem) || error.status !== 401) throw error;
        await this.again();
      }
    }
  }

  get<T>(path: string, options?: Options): Promise<T> {
    return this.ask(() => this.#api.get<T>(path, options));
  }

  read<T>(path: string, options?: Options): Promise<Answer<T>> {
    return this.ask(() => this.#api.read<T>(path, options));
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.ask(() => this.#api.post<T>(path, body));
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    return this.ask(() => this.#api.patch<T>(path, body));
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.ask(() => this.#api.put<T>(path, body));
  }

  delete(path: string): Promise<void> {
    return this.ask(() => this.#api.delete(path));
  }

  /** Wait until somebody has signed in again. */
  again(): Promise<void> {
    this.expired = true;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  signedIn(session: Session): void {
    if (session.username !== this.session.username) {
      // Somebody else took the chair: nothing of the former person's page may stay.
      location.reload();
      return;
    }
    this.session = session;
    this.expired = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const go of waiting) go();
  }
}
