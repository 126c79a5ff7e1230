// Asking the server; what it says is JSON, and an error has three parts.

export const page = document.body.dataset;

export class Trouble extends Error {
  // An error of the server, in three parts.
  constructor(status, told) {
    super(told.what);
    Object.assign(this, told, { status });
  }
}

async function asked(url, options = {}) {
  const answer = await fetch(url, { ...options, headers: { Accept: "application/json", ...options.headers } });
  const told = (answer.headers.get("content-type") || "").includes("json") ? await answer.json() : null;
  if (!answer.ok) {
    throw new Trouble(answer.status, told?.error || { what: await words(answer), saw: String(answer.status), do: "", code: "http" });
  }
  return told;
}

const words = async (answer) => (answer.bodyUsed ? answer.statusText : (await answer.text()).slice(0, 300));

export const get = (url) => asked(url);
export const post = (url, body) =>
  asked(url, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
