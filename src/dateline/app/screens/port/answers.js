// What a person said in this sitting: the last mark of each image and place, and how to take it back. No page here.

export const of = (look) => `${look.item}|${look.place}`;

const STATES = { present: "ships", absent: "empty", obscured: "not seen", not_discernible: "not seen" };

export const REASONS = [
  // Key, what is kept as the reason, what the state of the observation is.
  ["c", "cloud", "obscured"],
  ["h", "haze", "obscured"],
  ["o", "outside the image", "not_discernible"],
  ["r", "resolution too coarse", "not_discernible"],
  ["i", "ice", "obscured"],
];

export const word = (mark) =>
  !mark ? "" : STATES[mark.state] + (mark.count ? `, ${mark.count}` : "") + (mark.state !== "present" && mark.reason ? `: ${mark.reason}` : "");

export function refusal(state, digits) {
  // Why a word and a count do not go together; nothing where they do.
  const count = digits === "" ? null : Number(digits);
  if (state === "present" && count === 0) return "0 ships is empty: press e. The 0 is cleared.";
  if (state !== "present" && count) return `${count} ships, and ${STATES[state]}: these do not go together. The number is cleared.`;
  return "";
}

export class Answers {
  constructor(marks, waiting) {
    this.by = new Map();
    this.order = [];
    const saved = [...marks].sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
    for (const mark of [...saved, ...waiting]) this.take(mark);
  }

  take(mark) {
    if (mark.submitted) return;
    this.order = this.order.filter((one) => one.id !== mark.supersedes && one.id !== mark.id);
    if (mark.state === "withdrawn") {
      if (this.get(mark)?.id === mark.supersedes) this.by.delete(of(mark));
      return;
    }
    this.by.set(of(mark), mark);
    this.order.push(mark);
  }

  drop(mark) {
    // A mark that the server refused is none.
    this.order = this.order.filter((one) => one.id !== mark.id);
    if (this.get(mark)?.id === mark.id) this.by.delete(of(mark));
  }

  get(look) {
    return this.by.get(of(look));
  }

  last() {
    return this.order.at(-1);
  }
}
