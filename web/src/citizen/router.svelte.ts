import { STEPS, type StepName } from "./steps";

export type Route =
  | { page: "home" | "mine" | "inbox" | "settings" | "missing" }
  | { page: "new"; step: StepName }
  | { page: "sent"; id: string }
  | { page: "report"; no: string };

/** What the part after # asks for. */
export function parse(hash: string): Route {
  const [page = "", rest = ""] = hash
    .replace(/^#?\/?/, "")
    .split("/", 2)
    .map(decodeURIComponent);
  if (page === "") return { page: "home" };
  if (page === "mine" || page === "inbox" || page === "settings") return { page };
  if (page === "new") {
    const step = STEPS.find((name) => name === rest) ?? "photos";
    return { page: "new", step };
  }
  if (page === "sent" && rest) return { page: "sent", id: rest };
  if (page === "r" && rest) return { page: "report", no: rest };
  return { page: "missing" };
}

class Router {
  route = $state.raw<Route>({ page: "home" });

  start(): void {
    const read = () => {
      this.route = parse(location.hash);
      window.scrollTo(0, 0);
    };
    window.addEventListener("hashchange", read);
    read();
  }

  go(path: string): void {
    location.hash = `#/${path}`;
  }

  /** Go without leaving the present page behind in the history. */
  replace(path: string): void {
    location.replace(`#/${path}`);
  }
}

export const router = new Router();
