import { Problem, problemOf } from "../api/problem";
import { sessionCredentials } from "../api/session";
import type { Upload } from "../api/types";
import { locale } from "../i18n";

const SILENCE = 180_000; // ms; a photo on a weak network takes minutes

/**
 * Send one picture, saying how far it is (0 to 1). Not by fetch, which tells nothing of what has
 * left. The same bytes again give the same upload.
 */
export function sendPhoto(file: Blob, name: string, onprogress: (share: number) => void) {
  return new Promise<Upload>((resolve, reject) => {
    const request = new XMLHttpRequest();
    const lost = () => reject(new Problem({ status: 0, code: "network" }));
    request.open("POST", "/api/v1/uploads");
    request.timeout = SILENCE;
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Accept-Language", locale.current);
    for (const [key, value] of Object.entries(sessionCredentials.headers("POST"))) {
      request.setRequestHeader(key, value);
    }
    request.upload.onprogress = ({ loaded, total }) => onprogress(total ? loaded / total : 0);
    request.onerror = request.ontimeout = request.onabort = lost;
    request.onload = () => void answered(request).then(resolve, reject);
    const form = new FormData();
    form.append("file", file, name);
    request.send(form);
  });
}

async function answered(request: XMLHttpRequest): Promise<Upload> {
  const headers: Record<string, string> = {};
  for (const name of ["Content-Type", "Retry-After"]) {
    const value = request.getResponseHeader(name);
    if (value) headers[name] = value;
  }
  const response = new Response(request.responseText, { status: request.status, headers });
  if (!response.ok) throw await problemOf(response, Date.now());
  return (await response.json()) as Upload;
}
