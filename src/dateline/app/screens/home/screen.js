// The home page follows the case: what changed on the disk is shown without a reload, and a job says how far it is.

import { announce, connection, get, key } from "/static/shell.js";

const board = () => document.getElementById("board");
let line = "";

async function refresh() {
  // The page as the server makes it now, in place of the one here; what was unfolded and where the focus was stays so.
  const answer = await fetch("/home/", { headers: { Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("board");
  if (!fresh) return;
  const unfolded = [...board().querySelectorAll("details[open][id]")].map((one) => one.id);
  const focus = document.activeElement?.id;
  const scroll = document.getElementById("main").scrollTop;
  board().replaceWith(document.adoptNode(fresh));
  for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
  if (focus && focus !== document.activeElement?.id) document.getElementById(focus)?.focus();
  document.getElementById("main").scrollTop = scroll;
}

async function follow() {
  let wait = 2000;
  try {
    const state = await get("/home/state");
    connection("");
    if (state.stamp !== board().dataset.stamp) await refresh();
    if (state.job) tell(state.job);
    if (state.reading || state.job?.running) wait = 400;
  } catch (error) {
    connection(error.status === 401 ? "The program was started again. Open the address that it printed." : "The program does not answer.");
  }
  setTimeout(follow, document.hidden ? 5000 : wait);
}

function tell(job) {
  const shown = document.getElementById("job-line");
  if (shown) shown.textContent = job.line;
  const bar = document.getElementById("job-share");
  if (bar && job.share !== null) bar.value = job.share;
  if (job.line !== line && (line || job.running)) announce(job.line);
  line = job.line;
}

const press = (id) => () => document.getElementById(id)?.click();
key("m", "measure what is new or stale", press("measure"));
key("b", "build the page", press("build"));
key("s", "stop measuring after this one", press("cancel"));
key("o", "open the built page", press("open"));
key("a", "take files in", press("archive"));
key("p", "add a place", press("place"));

setTimeout(follow, 300);
