(() => {
  "use strict";
  // Before and after: a slider that works with keys, and a pointer on the picture that moves it.
  for (const swipe of document.querySelectorAll(".swipe")) {
    const slider = swipe.querySelector("input[type=range]");
    const stage = swipe.querySelector(".stage");
    const set = (value) => {
      slider.value = value;
      stage.style.setProperty("--cut", slider.value + "%");
      slider.setAttribute("aria-valuetext", slider.dataset.words.replace("{percent}", Math.round(slider.value)));
    };
    slider.addEventListener("input", () => set(slider.value));
    const move = (event) => {
      if (event.buttons !== 1) return;
      const box = stage.getBoundingClientRect();
      set((100 * (event.clientX - box.left)) / box.width);
    };
    stage.addEventListener("pointerdown", move);
    stage.addEventListener("pointermove", move);
    set(slider.dataset.start);
  }
})();
