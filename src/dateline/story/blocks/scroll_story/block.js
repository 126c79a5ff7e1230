(() => {
  "use strict";
  // While a reader goes on, the picture of the step in the middle of the screen stands beside it, with its ring alone.
  // Nothing is moved or held back: on a wide screen the style keeps the picture, elsewhere all is one below the other.
  for (const story of document.querySelectorAll(".ss")) {
    const steps = [...story.querySelectorAll(".ss-step")];
    const frames = [...story.querySelectorAll(".ss-frame")];
    const show = (step) => {
      const frame = step.parentElement.querySelector(".ss-frame");
      for (const one of steps) one.classList.toggle("now", one === step);
      for (const one of frames) one.classList.toggle("now", one === frame);
      for (const ring of story.querySelectorAll(".ss-ring")) {
        ring.classList.toggle("now", ring.dataset.ring === step.dataset.ring);
      }
    };
    if (!("IntersectionObserver" in window)) continue;
    story.classList.add("live");
    show(steps[0]);
    const observer = new IntersectionObserver(
      (seen) => {
        for (const one of seen) if (one.isIntersecting) show(one.target);
      },
      { rootMargin: "-50% 0px -49% 0px" },
    );
    for (const step of steps) observer.observe(step);
  }
})();
