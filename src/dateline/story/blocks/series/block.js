(() => {
  "use strict";
  // Charts: what stands under the pointer, or at the place that the arrow keys chose, is read from the table below.
  for (const chart of document.querySelectorAll(".series")) {
    const out = chart.querySelector("output");
    for (const svg of chart.querySelectorAll("svg.chart")) {
      const marks = [...svg.querySelectorAll("[data-read]")];
      const line = svg.querySelector(".cursor");
      let at = -1;
      const show = (index) => {
        at = Math.max(0, Math.min(marks.length - 1, index));
        const mark = marks[at];
        line.setAttribute("x1", mark.dataset.x);
        line.setAttribute("x2", mark.dataset.x);
        line.classList.add("on");
        out.textContent = mark.dataset.read;
      };
      if (!marks.length || !out) continue;
      svg.addEventListener("pointermove", (event) => {
        const box = svg.getBoundingClientRect();
        const x = ((event.clientX - box.left) / box.width) * svg.viewBox.baseVal.width;
        const far = marks.map((mark) => Math.abs(mark.dataset.x - x));
        show(far.indexOf(Math.min(...far)));
      });
      svg.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1, Home: -marks.length, End: marks.length }[event.key];
        if (!step) return;
        event.preventDefault();
        show(at < 0 ? (step > 0 ? 0 : marks.length - 1) : at + step);
      });
    }
  }
})();
