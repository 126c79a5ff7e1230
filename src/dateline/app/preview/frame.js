// Loads the page again when there is a new one, and leaves the reader where they were.
const EVERY = 700; // [ms]
const frame = document.getElementById("page");
const said = document.getElementById("said");
let shown = Number(frame.dataset.version);

// Where the page stood, as far as it is still ours: a link may have led elsewhere.
const inside = () => {
  try {
    return frame.contentWindow.location.pathname === "/page" ? frame.contentWindow : null;
  } catch {
    return null;
  }
};

const again = () => {
  const page = inside();
  const [x, y, open] = page
    ? [page.scrollX, page.scrollY, [...page.document.querySelectorAll("details[open] [id]")].map((one) => one.id)]
    : [0, 0, []];
  frame.addEventListener(
    "load",
    () => {
      const fresh = inside();
      if (!fresh) return;
      for (const id of open) {
        const up = fresh.document.getElementById(id)?.closest("details");
        if (up) up.open = true;
      }
      fresh.scrollTo({ left: x, top: y, behavior: "instant" });
    },
    { once: true },
  );
  if (page) page.location.reload();
  else frame.src = "/page";
};

// The policy of the frame lets nothing else in: a link to elsewhere opens beside it.
frame.addEventListener("load", () => {
  inside()?.document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || link.getAttribute("href").startsWith("#")) return;
    event.preventDefault();
    window.open(link.href, "_blank", "noopener");
  });
});

const look = async () => {
  let words = "The preview has ended.";
  try {
    const told = await (await fetch("/state")).json();
    if (told.version !== shown) {
      shown = told.version;
      again();
    }
    words = told.building ? "Building…" : told.stopped ? `${told.stopped} to mend` : "Up to date";
  } catch {
    // the words say it
  }
  if (said.textContent !== words) said.textContent = words;
  setTimeout(look, EVERY);
};
look();
