/** Web Push for a member of staff: each browser that they switch it on in is an address of theirs. */
import { Problem } from "../api/problem";
import { locale } from "../i18n";
import { BrowserPushes, STAFF } from "../wishes/browser";
import type { Address } from "../wishes/door";
import type { Access } from "./access.svelte";

export function staffsPushes(vapidKey: string | undefined, access: Access): BrowserPushes {
  return new BrowserPushes(vapidKey, {
    slot: STAFF,
    name: () => access.session.username,
    tell: async (value) => {
      const given = { transport: "webpush", value, locale: locale.current };
      return String((await access.post<{ id: number }>("addresses", given)).id);
    },
    untell: async (known) => {
      try {
        await access.delete(`addresses/${known}`);
      } catch (error) {
        // Gone already, or given up as dead: nothing comes here any more.
        if (!(error instanceof Problem) || error.status !== 404) throw error;
      }
    },
    reached: async (known) => {
      const { results } = await access.get<{ results: Address[] }>("addresses");
      return results.some(({ id, state }) => String(id) === known && state === "good");
    },
  });
}
