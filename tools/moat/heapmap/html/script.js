/* moat: the heap map's script: what an object is, what keeps it, and what it keeps. SPDX-License-Identifier: MIT */
"use strict";
(() => {
  const COLUMNS = 96, CELL = 8, ROW = 13, BAR = 11, LEFT = 64;  // as in picture.py
  const SHOWN = 12;                                             // of a list in the inspector
  const OUTLINED = 200;                                         // steps of a path on the map, at either end
  const COLOURS = ["not reached yet by the running cycle", "reached by the running cycle, to be scanned",
      "reached, or born since the running cycle began"];
  const SVG = "http://www.w3.org/2000/svg";
  const data = JSON.parse(document.getElementById("data").textContent);
  const inspector = document.getElementById("inspector"), hint = inspector.innerHTML;
  const map = document.getElementById("map");

  // ---- the objects, out of their columns ----

  const arenaOf = [], first = [], slotsAt = [];
  data.arenas.forEach((arena, index) => {
    let at = 0;
    for (let i = arena.from; i < arena.from + arena.count; i++) {
      at += data.gap[i];
      arenaOf[i] = index;
      first[i] = at;
      at += data.size[i];
    }
  });
  const indexes = data.fields.map((name) => name.split("#").length - 1);
  for (let i = 0, at = 0; i < data.size.length; i++) {
    slotsAt[i] = at;
    for (let left = data.slotCount[i]; left > 0; left--) {
      at += 2 + indexes[data.slots[at]];
    }
  }
  const finalizable = new Set(data.finalizable), rootsOf = new Map();

  function add(lists, key, value) {
    if (!lists.has(key)) lists.set(key, []);
    lists.get(key).push(value);
  }

  data.roots.forEach((root) => add(rootsOf, root[3], root));

  const addressOf = (i) => data.arenas[arenaOf[i]].low + first[i] * data.granule + data.word;
  const hex = (value) => "0x" + value.toString(16);
  const count = (value) => value.toLocaleString("en-US");
  const bytes = (value) => count(value) + (value === 1 ? " byte" : " bytes");

  function slotsOf(i) {
    const found = [];
    for (let left = data.slotCount[i], at = slotsAt[i]; left > 0; left--) {
      const field = data.slots[at], target = i + data.slots[at + 1];
      let used = 0;
      const start = at + 2;
      const name = data.fields[field].replace(/#/g, () => data.slots[start + used++]);
      found.push({ name, target });
      at = start + used;
    }
    return found;
  }

  let referrers = null;
  function referrersOf(i) {
    if (referrers === null) {
      referrers = new Map();
      for (let from = 0; from < data.size.length; from++) {
        for (const slot of slotsOf(from)) {
          add(referrers, slot.target, { from, name: slot.name });
        }
      }
    }
    return referrers.get(i) || [];
  }

  // From a root to the object: [{object, field}], the field being that of the object before; null if nothing keeps it.
  function pathTo(i) {
    const path = [];
    for (let at = i; ; at += data.keeper[at]) {
      if (data.keeper[at] === null) {
        return null;
      }
      const keeper = at + data.keeper[at];
      const slot = data.keeper[at] === 0 ? null : slotsOf(keeper).find((one) => one.target === at);
      path.push({ object: at, field: slot ? slot.name : null });
      if (data.keeper[at] === 0) {
        return path.reverse();
      }
    }
  }

  // ---- the inspector ----

  function element(tag, properties, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  }

  function link(i) {
    const made = element("button", { className: "go" }, element("code", {}, data.types[data.type[i]]), " at ",
        element("code", {}, hex(addressOf(i))));
    made.dataset.go = i;
    return made;
  }

  function list(name, rows, empty) {
    const items = rows.slice(0, SHOWN).map((row) => element("li", {}, ...row));
    if (rows.length > SHOWN) {
      items.push(element("li", { className: "field" }, `and ${count(rows.length - SHOWN)} more`));
    }
    return rows.length ? element("ul", { id: name }, ...items) : element("p", { id: name, className: "field" }, empty);
  }

  function facts(i) {
    const payload = data.size[i] * data.granule - data.word - data.slack[i], parts = [];
    if (data.elements[i] !== undefined && data.types[data.type[i]] !== "bytes") {
      parts.push(`array with room for ${count(data.elements[i])}`);
    }
    if (data.pins[i]) parts.push(`pinned ${data.pins[i] === 1 ? "once" : data.pins[i] + " times"}`);
    if (data.handles[i]) parts.push("held by a handle");
    if (finalizable.has(i)) parts.push("has a finalizer");
    if (data.colours.length) parts.push(COLOURS[data.colours[i]]);
    if (data.survived.length) {
      const age = data.survived[i];
      parts.push(`survived ${age & 1 ? "at least " : ""}${age >> 1} collection${age >> 1 === 1 ? "" : "s"}`);
    }
    return [element("p", {}, element("code", { id: "object-address" }, hex(addressOf(i))), ` in arena ${arenaOf[i]}`),
      element("p", { id: "object-size" }, `${bytes(data.size[i] * data.granule)}, ${count(payload)} of them payload`),
      element("p", { id: "object-retained" }, `retains ${bytes(data.retained[i])}`),
      ...(parts.length ? [element("p", {}, parts.join(", "))] : [])];
  }

  function pathRows(path) {
    const rows = [];
    const roots = rootsOf.get(path[0].object) || [];
    roots.slice(0, 3).forEach((root) => rows.push(element("li", {},
        element("span", { className: "field" }, root[0] + " "), element("code", {}, root[1]))));
    if (roots.length > 3) rows.push(element("li", { className: "field" }, `and ${roots.length - 3} more roots`));
    const shown = path.length > 2 * SHOWN ? [...path.slice(0, SHOWN), null, ...path.slice(-SHOWN)] : path;
    shown.forEach((step) => rows.push(step === null
      ? element("li", { className: "field" }, `${count(path.length - 2 * SHOWN)} objects in between`)
      : element("li", {},
          ...(step.field ? [element("span", { className: "field" }, "." + step.field + " "), element("br")] : []),
          link(step.object))));
    return rows;
  }

  function describe(i, held) {
    const path = pathTo(i);
    const rows = slotsOf(i).map((slot) => [element("code", {}, slot.name || "slot"), " ", link(slot.target)]);
    if (data.slotsLeftOut[i]) rows.push([`and ${count(data.slotsLeftOut[i])} that the page leaves out`]);
    inspector.replaceChildren(
      ...(held ? [element("span", { className: "held" }, "held, Esc to let go")] : []),
      element("h3", { id: "object-type" }, data.types[data.type[i]]), ...facts(i),
      element("h4", {}, "Kept alive by"),
      path ? element("ol", { id: "kept-by", className: "path" }, ...pathRows(path))
        : element("p", { id: "kept-by", className: "field" },
            "nothing: it is garbage, and the next collections free it"),
      element("h4", {}, "Keeps"), list("keeps", rows, "nothing else"),
      element("h4", {}, "Referred to by"),
      list("referrers", referrersOf(i).map((one) => [link(one.from), " ",
          element("span", { className: "field" }, "." + one.name)]), "no object"));
  }

  function describeCell(arena, granule) {
    const info = data.arenas[arena], from = granule - granule % info.perCell, objects = [];
    for (let i = Math.max(lastBefore(arena, from), info.from);
        i < info.from + info.count && first[i] < from + info.perCell; i++) {
      if (first[i] + data.size[i] > from) objects.push(i);
    }
    objects.sort((one, other) => data.size[other] - data.size[one] || one - other);
    inspector.replaceChildren(
      element("h3", {}, hex(info.low + from * data.granule)),
      element("p", {},
          `${bytes(info.perCell * data.granule)}, ${count(objects.length)} object${objects.length === 1 ? "" : "s"}`),
      element("h4", {}, "Largest in here"),
      list("cell-objects", objects.map((i) => [link(i), ` ${bytes(data.size[i] * data.granule)}`]),
          "nothing: free memory"));
  }

  // ---- the map ----

  function shape(tag, attributes) {
    const made = document.createElementNS(SVG, tag);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    return made;
  }

  // {x, y, width} of each row that granules take up.
  function runs(arena, from, size) {
    const perCell = data.arenas[arena].perCell, found = [];
    let cell = Math.floor(from / perCell), left = Math.floor((from + size - 1) / perCell) - cell + 1;
    while (left > 0) {
      const column = cell % COLUMNS, fits = Math.min(left, COLUMNS - column);
      found.push({ x: LEFT + column * CELL, y: Math.floor(cell / COLUMNS) * ROW, width: fits * CELL });
      cell += fits;
      left -= fits;
    }
    return found;
  }

  function outline(i, name) {
    const at = runs(arenaOf[i], first[i], data.size[i]).map((run) =>
        `M${run.x - .5} ${run.y - .5}h${run.width}v${BAR + 1}h${-run.width}z`).join("");
    return shape("path", { class: name, d: at });
  }

  function middle(i) {
    const run = runs(arenaOf[i], first[i], data.size[i])[0];
    return [run.x + run.width / 2 - .5, run.y + BAR / 2];
  }

  const overlays = [...map.querySelectorAll(".overlay")];

  function highlight(i) {
    overlays.forEach((overlay) => overlay.replaceChildren());
    if (i === null) return;
    const whole = pathTo(i) || [];
    const path = whole.length > 2 * OUTLINED ? [...whole.slice(0, OUTLINED), ...whole.slice(-OUTLINED)] : whole;
    slotsOf(i).forEach((slot) => overlays[arenaOf[slot.target]].append(outline(slot.target, "kept")));
    path.forEach((step) => overlays[arenaOf[step.object]].append(outline(step.object, "path")));
    overlays.forEach((overlay, arena) => {
      const points = path.filter((step) => arenaOf[step.object] === arena).map((step) => middle(step.object));
      if (points.length > 1) overlay.append(shape("polyline", { class: "line",
          points: points.map((point) => point.join()).join(" ") }));
      points.forEach(([x, y]) => overlay.append(shape("circle", { class: "joint", cx: x, cy: y, r: 2.2 })));
    });
    overlays[arenaOf[i]].append(outline(i, "sel"));
  }

  let held = null, current = null;

  function show(i, hold) {
    if (hold) held = i;
    if (i === current && !hold) return;
    current = i;
    highlight(i);
    if (i === null) inspector.innerHTML = hint;
    else describe(i, held === i);
  }

  function go(i) {
    show(i, true);
    const svg = document.getElementById("arena" + svgs[arenaOf[i]].dataset.arena), box = svg.getBoundingClientRect();
    if (box.bottom < 0 || box.top > innerHeight) svg.scrollIntoView({ block: "nearest" });
  }

  const svgs = [...map.querySelectorAll(".map")];

  // heap.html#0x20001234 shows the object that this address lies in.
  function goToAnchor() {
    const address = /^#0x[0-9a-f]+$/i.test(location.hash) ? Number(location.hash.slice(1)) : -1;
    const arena = data.arenas.findIndex((one) => address >= one.low && address < one.low + one.granules * data.granule);
    const i = arena < 0 ? null : objectAt(arena, Math.floor((address - data.arenas[arena].low) / data.granule));
    if (i !== null) go(i);
  }

  // The granule under the pointer, or null.
  function granuleAt(svg, event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    const column = Math.floor((point.x - LEFT) / CELL), row = Math.floor(point.y / ROW),
        arena = data.arenas[svgs.indexOf(svg)];
    if (column < 0 || column >= COLUMNS || row < 0 || row >= arena.rows) return null;
    const granule = (row * COLUMNS + column) * arena.perCell;
    return granule < arena.granules ? granule : null;
  }

  // The last object that begins at a granule or before it, whether it reaches there or not.
  function lastBefore(arena, granule) {
    let low = data.arenas[arena].from, high = low + data.arenas[arena].count;
    while (low < high) {
      const half = (low + high) >> 1;
      if (first[half] <= granule) low = half + 1;
      else high = half;
    }
    return low - 1;
  }

  function objectAt(arena, granule) {
    const i = granule === null ? -1 : lastBefore(arena, granule);
    return i >= data.arenas[arena].from && granule < first[i] + data.size[i] ? i : null;
  }

  function point(svg, event, hold) {
    const arena = svgs.indexOf(svg), granule = granuleAt(svg, event);
    if (data.arenas[arena].perCell === 1) {
      const i = objectAt(arena, granule);
      if (i !== null || hold) show(i, hold);
    } else if (granule !== null && (hold || held === null)) {
      highlight(null);
      current = held = null;
      describeCell(arena, granule);
    }
  }

  function key(svg, event) {
    const arena = svgs.indexOf(svg), info = data.arenas[arena], last = info.from + info.count - 1;
    if (event.key === "Escape") {
      held = null;
      show(null, false);
      return;
    }
    if (info.count === 0) return;
    const here = current !== null && arenaOf[current] === arena ? current : null;
    const row = COLUMNS * info.perCell;
    const steps = {
      ArrowRight: () => here === null ? info.from : Math.min(here + 1, last),
      ArrowLeft: () => here === null ? last : Math.max(here - 1, info.from),
      ArrowDown: () => here === null ? info.from : Math.max(lastBefore(arena, first[here] + row), here),
      ArrowUp: () => here === null ? last : Math.max(lastBefore(arena, first[here] - row), info.from),
      Home: () => info.from, End: () => last, Enter: () => here,
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const next = step();
    if (next !== null) show(next, event.key === "Enter" || held !== null);
  }

  svgs.forEach((svg) => {
    svg.addEventListener("pointermove", (event) => { if (held === null) point(svg, event, false); });
    svg.addEventListener("click", (event) => point(svg, event, true));
    svg.addEventListener("keydown", (event) => key(svg, event));
  });
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-go]");
    if (target) go(Number(target.dataset.go));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      held = null;
      show(null, false);
    }
  });
  addEventListener("hashchange", goToAnchor);
  goToAnchor();
  document.querySelectorAll("[name=view]").forEach((input) => input.addEventListener("change",
      () => { map.className = "by-" + input.value; }));
})();
