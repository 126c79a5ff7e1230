// Tells the page around this figure how high it is: one small message, and another only when that has changed.
(() => {
  "use strict";
  const root = document.documentElement;
  let told = 0;
  const tell = () => {
    const height = Math.ceil(root.getBoundingClientRect().height);
    if (parent === window || height === told) return;
    told = height;
    parent.postMessage({ dateline: "height", figure: root.dataset.figure, height }, "*");
  };
  addEventListener("load", () => new ResizeObserver(tell).observe(root));
})();
