// Everything on this page is there without this script. It adds links into closed entries and the reader's checks;
// what moves in a block is in the block's own script, which comes after this one.
(() => {
  "use strict";
  const root = document.documentElement;
  root.classList.add("js");

  // A link into a closed entry opens it.
  const open = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let up = target; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  open();

  // Without a source: the text is marked by the lists that the page carries.
  const choice = document.getElementById("ko-choice");
  if (choice) {
    const bar = document.getElementById("ko-bar");
    const said = document.getElementById("ko-said");
    let marked = [];
    let at = -1;
    const clear = () => {
      for (const one of marked) {
        one.classList.remove("falls", "loses");
        one.querySelector(":scope > .ko-mark")?.remove();
      }
      marked = [];
      at = -1;
    };
    const show = () => {
      clear();
      const list = choice.value && document.getElementById(choice.value);
      bar.hidden = !list;
      root.classList.toggle("without-one", Boolean(list));
      if (!list) return;
      for (const link of list.querySelectorAll("[data-ko]")) {
        for (const id of link.dataset.at.split(" ")) {
          const one = document.getElementById(id);
          if (!one) continue;
          one.classList.add(link.dataset.ko);
          const note = document.createElement("span");
          note.className = "vh ko-mark";
          note.textContent = ` (${choice.dataset[link.dataset.ko]}) `;
          one.append(note);
          marked.push(one);
        }
      }
      marked.sort((one, other) => (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
      said.textContent = choice.selectedOptions[0].textContent;
    };
    choice.addEventListener("change", show);
    document.getElementById("ko-next").addEventListener("click", () => {
      at = (at + 1) % marked.length;
      for (let up = marked[at]; up; up = up.parentElement) if (up.tagName === "DETAILS") up.open = true;
      if (marked[at].tagName === "FIGURE") marked[at].tabIndex = -1;
      marked[at].focus({ preventScroll: true });
      marked[at].scrollIntoView({ block: "center" });
    });
    document.getElementById("ko-back").addEventListener("click", () => {
      choice.value = "";
      show();
      choice.focus();
    });
    show();
  }

  // A finding as a file: the bytes that the page carries, letter by letter.
  for (const button of document.querySelectorAll("[data-save]")) {
    button.addEventListener("click", () => {
      const link = document.createElement("a");
      const text = document.getElementById(button.dataset.save).textContent;
      link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
      link.download = button.dataset.name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    });
  }

  // Hashes: the bytes that this page carries, computed again here.
  const bytes = (element) => {
    if (!element.hasAttribute("src")) return new TextEncoder().encode(element.textContent);
    const text = atob(element.getAttribute("src").split(",")[1]);
    return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  };
  const button = document.getElementById("check-hashes");
  if (button) {
    const said = document.getElementById("check-said");
    button.addEventListener("click", async () => {
      let differing = 0;
      const cells = [...document.querySelectorAll("[data-check]")];
      for (const cell of cells) {
        let words = button.dataset.unable;
        try {
          const sum = await crypto.subtle.digest("SHA-256", bytes(document.getElementById(cell.dataset.check)));
          const hex = [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
          words = hex === cell.dataset.sha256 ? button.dataset.match : button.dataset.differ;
        } catch (error) {
          words = button.dataset.unable;
        }
        if (words !== button.dataset.match) differing += 1;
        cell.textContent = words;
        cell.className = words === button.dataset.match ? "match" : "differ";
      }
      said.textContent = differing
        ? said.dataset.differ.replace("{n}", differing)
        : said.dataset.match.replace("{n}", cells.length);
    });
  }
})();
