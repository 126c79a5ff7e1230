(() => {
  "use strict";
  // A map that can be zoomed: the same drawing, moved and scaled, with marks and names kept at their size.
  const [LEAST, MOST, FINEST] = [4, 16, 60]; // times; metres of a pixel: finer would show the coast's own roughness
  const round = (most) => {
    const power = 10 ** Math.floor(Math.log10(most));
    return [5, 2, 1].find((step) => step * power <= most) * power;
  };
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const read = (svg) => {
    const frame = svg.querySelector(":scope > .mp-frame");
    const bar = svg.querySelector(".mp-bar");
    const fixed = [...svg.querySelectorAll(".mp-k")].map((one) => {
      const { e, f } = one.transform.baseVal.getItem(0).matrix;
      const words = [...one.querySelectorAll("text")];
      return { one, shapes: words.length && !one.querySelector("circle") ? words : [one], x: e, y: f };
    });
    const width = +frame.getAttribute("width");
    const height = +frame.getAttribute("height");
    const path = bar.querySelector("path");
    const words = bar.querySelector("text");
    const whole = { path: path.getAttribute("d"), words: words.textContent, x: words.getAttribute("x") };
    const move = svg.querySelector(".mp-move");
    return { svg, move, fixed, width, height, path, words, whole, metres: +bar.dataset.metres };
  };
  for (const stage of document.querySelectorAll(".mp-stage[data-zoom]")) {
    const maps = [...stage.querySelectorAll("svg.mp")].map(read);
    const [start, more, help] = [".mp-start", ".mp-more", ".mp-help"].map((name) => stage.querySelector(name));
    const most = Math.min(Math.max(maps[0].metres / FINEST, LEAST), MOST);
    const said = stage.querySelector("output");
    stage.tabIndex = -1; // a press on the map keeps the keys here
    let [on, scale, x, y] = [false, 1, 0.5, 0.5];
    const box = (map, one) => {
      const sides = one.shapes.map((shape) => shape.getBBox());
      const [left, top] = [map.left + one.x * scale, map.top + one.y * scale];
      return [
        left + Math.min(...sides.map((side) => side.x)), top + Math.min(...sides.map((side) => side.y)),
        left + Math.max(...sides.map((side) => side.x + side.width)),
        top + Math.max(...sides.map((side) => side.y + side.height)),
      ];
    };
    const apart = (one, other) => one[0] > other[2] || one[2] < other[0] || one[1] > other[3] || one[3] < other[1];
    const late = (map) => {
      // Names without room on the whole map come where there is some now; a number goes when all its names stand.
      const [waiting, standing] = [[], []];
      for (const each of map.fixed) (each.one.classList.contains("mp-late") ? waiting : standing).push(each);
      const taken = standing.map((each) => ({ n: each.one.dataset.n, at: box(map, each) }));
      const lacking = new Set();
      for (const each of waiting) {
        const own = box(map, each);
        const { n } = each.one.dataset;
        const seen = own[0] > 0 && own[1] > 0 && own[2] < map.width && own[3] < map.height;
        const free = scale > 1 && seen && taken.every((other) => other.n === n || apart(own, other.at));
        each.one.classList.toggle("on", free);
        if (free) taken.push({ at: own });
        else lacking.add(n);
      }
      for (const { one } of standing) if (one.dataset.n) one.classList.toggle("off", !lacking.has(one.dataset.n));
    };
    const bar = (map) => {
      const metres = round((0.28 * map.width * map.metres) / scale);
      const length = (metres * scale) / map.metres;
      const isWhole = scale === 1;
      map.path.setAttribute("d", isWhole ? map.whole.path : `M0 0v8h${length}v-8`);
      map.words.setAttribute("x", isWhole ? map.whole.x : length + 8);
      const [value, unit] = metres < 1000 ? [metres, "m"] : [metres / 1000, "km"];
      map.words.textContent = isWhole ? map.whole.words : `${number.format(value)}\u00a0${unit}`;
    };
    const draw = () => {
      const edge = 0.5 / scale;
      x = Math.min(Math.max(x, edge), 1 - edge);
      y = Math.min(Math.max(y, edge), 1 - edge);
      for (const map of maps) {
        map.left = map.width * (0.5 - x * scale);
        map.top = map.height * (0.5 - y * scale);
        map.svg.classList.toggle("moving", on);
        map.move.setAttribute("transform", `translate(${map.left} ${map.top}) scale(${scale})`);
        for (const each of map.fixed) {
          each.one.setAttribute("transform", `translate(${each.x} ${each.y}) scale(${1 / scale})`);
        }
        bar(map);
        if (map.svg.getBoundingClientRect().width) late(map);
      }
      said.textContent = on ? stage.dataset.zoom.replace("{n}", number.format(Math.round(scale * 10) / 10)) : "";
    };
    const by = (factor) => {
      scale = Math.min(Math.max(scale * factor, 1), most);
      draw();
    };
    const turn = (to) => {
      on = to;
      start.hidden = on;
      more.hidden = help.hidden = !on;
      [scale, x, y] = on ? [2, x, y] : [1, 0.5, 0.5];
      draw();
      (on ? more.firstElementChild : start).focus({ preventScroll: true });
    };
    start.addEventListener("click", () => turn(true));
    for (const button of more.children) {
      button.addEventListener("click", () => (button.dataset.by === "0" ? turn(false) : by(+button.dataset.by)));
    }
    const keys = {
      "+": () => by(1.6), "=": () => by(1.6), "-": () => by(0.625), Escape: () => turn(false),
      ArrowLeft: () => (x -= 0.15 / scale), ArrowRight: () => (x += 0.15 / scale),
      ArrowUp: () => (y -= 0.15 / scale), ArrowDown: () => (y += 0.15 / scale),
    };
    stage.addEventListener("keydown", (event) => {
      if (!on || !keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      keys[event.key]();
      draw();
    });
    for (const map of maps) {
      const held = new Map();
      map.svg.addEventListener("pointerdown", (event) => {
        if (on) held.set(event.pointerId, event);
      });
      map.svg.addEventListener("pointermove", (event) => {
        const last = held.get(event.pointerId);
        if (!on || !last) return;
        const rect = map.svg.getBoundingClientRect();
        const other = [...held.values()].find((each) => each.pointerId !== event.pointerId);
        held.set(event.pointerId, event);
        if (other) {
          const far = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
          by(far(event) / far(last));
          return;
        }
        x -= (event.clientX - last.clientX) / rect.width / scale;
        y -= ((event.clientY - last.clientY) / rect.width / scale) * (map.width / map.height);
        draw();
      });
      for (const name of ["pointerup", "pointercancel", "pointerleave"]) {
        map.svg.addEventListener(name, (event) => held.delete(event.pointerId));
      }
      map.svg.addEventListener("wheel", (event) => {
        if (!on || !event.ctrlKey) return;
        event.preventDefault();
        by(event.deltaY < 0 ? 1.15 : 1 / 1.15);
      }, { passive: false });
    }
  }
})();
