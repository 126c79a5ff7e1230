// Words on the page: elements whose text is text, what a screen reader is told, what is wrong with the connection.

export function taken({ start, end }) {
  // The day or the days of an image: a season is never shown as its first day.
  if (!start) return "undated";
  const [first, last] = [start, end || start].map((moment) => moment.slice(0, 10));
  return first === last ? first : `${first} to ${last}`;
}

export function announce(text) {
  document.getElementById("announce").textContent = text;
}

export function element(name, attributes = {}, ...children) {
  // Text is always text: nothing that somebody wrote becomes markup.
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (typeof value === "boolean") made.toggleAttribute(key, value);
    else if (value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function connection(text) {
  const line = document.getElementById("connection");
  line.hidden = !text;
  line.textContent = text || "";
}
