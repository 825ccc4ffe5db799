import { ApiClient } from "./client";

/** Asks as anyone would: with no cookie and no token, so that the page shows what everyone sees. */
export const anyoneApi = new ApiClient({ mode: "omit", headers: () => ({}) });
