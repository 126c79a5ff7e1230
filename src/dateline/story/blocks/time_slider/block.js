(() => {
  "use strict";
  // A row of dated pictures becomes one at a time. The handle stands where time is; keys go from stop to stop.
  for (const row of document.querySelectorAll(".ts")) {
    const slider = row.querySelector("input[type=range]");
    if (!slider) continue;
    const stops = [...row.querySelectorAll(".ts-stop")];
    const marks = [...row.querySelectorAll("[data-mark]")];
    const buttons = [...row.querySelectorAll("[data-step]")];
    const play = row.querySelector(".ts-play");
    const picture = row.querySelector(".ts-stop img");
    let now = 0;
    let timer = 0;
    const show = (index) => {
      now = Math.min(Math.max(index, 0), stops.length - 1);
      stops.forEach((stop, at) => stop.classList.toggle("now", at === now));
      marks.forEach((mark, at) => mark.classList.toggle("now", at === now));
      slider.value = stops[now].dataset.at;
      slider.setAttribute("aria-valuetext", stops[now].dataset.words);
      buttons[0].disabled = now === 0;
      buttons[1].disabled = now === stops.length - 1;
    };
    const off = (stop, value) => Math.max(stop.dataset.from - value, value - stop.dataset.to, 0);
    const far = (stop, value) => off(stop, value) + Math.abs(stop.dataset.at - value) / 1000;
    const nearest = (value) =>
      stops.reduce((best, stop, at) => (far(stop, value) < far(stops[best], value) - 1e-6 ? at : best), now);
    const rest = () => {
      clearInterval(timer);
      if (timer) play.textContent = play.dataset.play;
      timer = 0;
    };
    slider.addEventListener("input", () => {
      rest();
      show(nearest(Number(slider.value)));
    });
    slider.addEventListener("keydown", (event) => {
      const ways = { ArrowLeft: now - 1, ArrowDown: now - 1, ArrowRight: now + 1, ArrowUp: now + 1, Home: 0,
        End: stops.length - 1, PageDown: now - 5, PageUp: now + 5 };
      if (!(event.key in ways) || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      rest();
      show(ways[event.key]);
    });
    for (const button of buttons) {
      button.addEventListener("click", () => {
        rest();
        show(now + Number(button.dataset.step));
        row.querySelector("[role=status]").textContent = stops[now].dataset.words;
      });
    }
    if (play) {
      play.dataset.play = play.textContent;
      play.addEventListener("click", () => {
        if (timer) return rest();
        if (matchMedia("(prefers-reduced-motion: reduce)").matches) return undefined;
        show(now === stops.length - 1 ? 0 : now);
        play.textContent = play.dataset.stop;
        timer = setInterval(() => {
          show(now + 1);
          if (now === stops.length - 1) rest();
        }, 1000);
        return undefined;
      });
    }
    row.style.setProperty("--ratio", picture.getAttribute("width") / picture.getAttribute("height"));
    row.style.setProperty("--most", `${picture.getAttribute("width") * 2}px`);
    row.classList.add("live");
    show(0);
  }
})();
