/** What a push says, however it came: by Web Push plainly, or in the envelope that FCM gives it. */

export interface Notice {
  title: string;
  body: string;
  /** One report's notices replace each other. */
  tag: string | null;
  /** A path of ours, whatever the push says: a notice must not lead anywhere else. */
  path: string;
}

type Fields = Record<string, unknown>;

const USUAL = { title: "Hiện Trường", body: "Phản ánh của bạn có cập nhật mới." };
const INBOX = "/#/inbox";
const OURS =
  /^\/((desk|ops)\?ticket=[0-9a-f-]{36}|#\/r\/[A-Z0-9-]{4,20}|#\/inbox|public#\/t\/[0-9a-f-]{36})$/;

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function text(...values: unknown[]): string {
  return values.find((value): value is string => typeof value === "string" && value !== "") ?? "";
}

/** The page that a link names, if it is one of those that pushes lead to; whatever its host says. */
function pathOf(link: string): string {
  if (!URL.canParse(link)) return "";
  const { pathname, search, hash } = new URL(link);
  const path = pathname + search + hash;
  return OURS.test(path) ? path : "";
}

/** A browser that was woken must show something, so even an empty push has its words. */
export function readPush(given: unknown): Notice {
  const whole = fieldsOf(given);
  const shown = fieldsOf(whole.notification);
  const data = fieldsOf(whole.data);
  const report = text(data.report_no, whole.report_no);
  return {
    title: text(shown.title, whole.title) || USUAL.title,
    body: text(shown.body, whole.body) || USUAL.body,
    tag: text(data.tag, shown.tag, whole.tag, report) || null,
    path: pathOf(text(data.link)) || (/^[A-Z0-9-]{4,20}$/.test(report) ? `/#/r/${report}` : INBOX),
  };
}
