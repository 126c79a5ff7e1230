// What the parts of the bench share: what stands on it now, and what is asked of the server with it.

export const told = JSON.parse(document.getElementById("told").textContent);
export const $ = (id) => document.getElementById(id);
export const LINES = {
  horizon: { names: ["horizon"], ends: ["one end of the horizon", "its other end, far from the first"] },
  ground: { names: ["object", "shadow"], ends: ["the foot of the object", "its top", "the tip of its shadow"] },
  above: { names: ["shadow"], ends: ["the foot of the object", "the tip of its shadow"] },
  north: { names: ["north"], ends: ["the start of a line to the north", "its northern end"] },
};
export const COLOURS = { horizon: "#56B4E9", object: "#009E73", shadow: "#E69F00", north: "#CC79A7" };
export const number = (text) => (text.trim() ? Number(text.trim().replace(",", ".")) : null);

export const bench = {
  state: null, // as the server told it last
  camera: null, // the method's last answer
  tool: told.above ? "above" : "pair",
  ends: [], // of the line that is being drawn
  pending: {}, // a pair that is being made: { photo, ground, text }
  chosen: null, // id of the pair that is being changed
  exact: false, // whether somebody asked for coordinates
  setup: { map: "plan", start: "", order: null, lines: "" },
  photo: null,
  ground: null,
  active: null,
  outboxes: {},
};

export function lens() {
  const kind = $("lens-kind")?.value;
  const value = number($("lens-value")?.value || "");
  return { ...(kind && value ? { [kind]: value } : {}), ...($("cropped")?.value ? { cropped: $("cropped").value } : {}) };
}

export const asked = () => ({ item: told.item, exact: bench.exact, lens: lens(), ...bench.setup });
