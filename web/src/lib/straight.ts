/** What overrides, embeds or isolates the direction of writing (UAX #9). */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * Without the marks by which a stranger's words turn the line that they stand in, and what follows
 * it. No language here is written from the right; the record keeps the words as they were sent.
 */
export const straight = (text: string): string => text.replace(TURNS, "");

/** An answer's JSON, in which no word turns the page. */
export const straightJson = async (response: Response): Promise<unknown> =>
  JSON.parse(straight(await response.text()));
