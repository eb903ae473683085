"use strict";
// Draws the charts when they come near the window, in the colours of the theme; moves them by their controls and by keys.
(() => {
  const specs = JSON.parse(document.getElementById("charts").textContent);
  const root = document.documentElement;
  const step = specs.map((spec) => spec.start);
  const drawn = new Set();
  // On paper charts are as wide as a page of A4 or letter between its margins (pixels), whatever the window is.
  const PAPER = 680;
  let isPrinting = false;
  const width = (box) => (isPrinting ? PAPER : box.clientWidth);
  const narrow = (box) => width(box) < 560;

  // "@policy/0.2" -> the theme's colour of that name, see-through.
  function colour(name) {
    const [key, share] = name.slice(1).split("/");
    const value = getComputedStyle(root).getPropertyValue("--" + key).trim();
    if (share === undefined) return value;
    const part = (at) => parseInt(value.slice(at, at + 2), 16);
    return `rgba(${part(1)},${part(3)},${part(5)},${share})`;
  }
  // A copy with colours in place of their names. Only under keys about colour: a scenario may be called "@policy".
  function painted(value, key = "") {
    if (Array.isArray(value)) return value.map((inner) => painted(inner, key));
    if (value !== null && typeof value === "object")
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, painted(inner, name)]));
    return typeof value === "string" && value[0] === "@" && /color/i.test(key) ? colour(value) : value;
  }
  const cut = (text, most) => (text.length > most ? text.slice(0, most - 1) + "…" : text);
  // Escaped text must not be cut in the midst of "&lt;".
  const unescaped = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&#36;/g, "$").replace(/&amp;/g, "&");
  const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\$/g, "&#36;");
  // A title in lines of at most so many characters.
  function wrapped(text, most) {
    const lines = [""];
    for (const word of unescaped(text).split(" ")) {
      const last = lines[lines.length - 1];
      if (last && last.length + word.length >= most) lines.push(word);
      else lines[lines.length - 1] = last ? last + " " + word : word;
    }
    return lines.map(escaped).join("<br>");
  }
  // The name of a row: in two lines where it has no room in one, cut only where it has none in two; below it what is noted of it.
  function label(text, most, note) {
    const lines = [""];
    for (const word of unescaped(text).split(/(?<=[ _])/)) {
      const last = lines[lines.length - 1];
      if (last && (last + word).trimEnd().length > most && lines.length < 2) lines.push(word);
      else lines[lines.length - 1] = last + word;
    }
    return [...lines.map((line) => escaped(cut(line.trimEnd(), most))), ...(note ? [escaped(unescaped(note))] : [])].join("<br>");
  }
  const MOST = (box) => (narrow(box) ? 18 : 40);
  // Rows need more room where names take two lines.
  function height(spec, box) {
    const given = spec.layout.yaxis || {};
    const isTight = narrow(box) && given.named && given.ticktext.some((text) => unescaped(text).length > MOST(box));
    return Math.round(spec.height * (isTight ? 1.25 : 1));
  }
  function axis(given, box, spec, upright) {
    const look = { gridcolor: colour("@rule"), zerolinecolor: colour("@faint"), linecolor: colour("@rule"), automargin: true, zeroline: false };
    const { named, notes, ...rest } = given || {};
    const made = { ...look, ...rest };
    const room = upright ? height(spec, box) - 90 : width(box) - 70;
    if (made.title) made.title = { text: wrapped(made.title.text, Math.max(Math.floor(room / 7.5), 16)), standoff: 12 };
    if (named) {
      made.showgrid = false;
      if (upright) {
        made.ticktext = made.ticktext.map((text, at) => label(text, MOST(box), (notes || [])[at]));
      }
    } else if (!made.tickvals) made.nticks = narrow(box) ? 5 : 10;
    return made;
  }
  // Room between plot and legend for the labels of upright lines (pixels), as the share of the plot's height that a legend is placed by.
  const LABEL = 22;
  const labels = (spec, box) => ((spec.layout.annotations || []).length ? LABEL / Math.max(height(spec, box) - 130, 100) : 0);
  function layout(number, box) {
    const spec = specs[number];
    const given = painted({ ...spec.layout, ...(spec.steps[step[number]] || {}).layout });
    const { map, ...rest } = given;
    const text = colour("@text");
    return {
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", hovermode: map ? "closest" : "x unified",
      font: { family: getComputedStyle(document.body).fontFamily, size: narrow(box) ? 11 : 13, color: text },
      hoverlabel: { bgcolor: colour("@raised"), bordercolor: colour("@faint"), font: { color: text }, align: "left", namelength: -1 },
      margin: { l: 10, r: 14, t: 34, b: 10, autoexpand: true }, height: height(spec, box), width: width(box),
      legend: { orientation: "h", x: 0, y: 1 + labels(spec, box), yanchor: "bottom", xanchor: "left", font: { size: narrow(box) ? 10 : 12 } },
      dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom", uirevision: String(step[number]),
      modebar: { bgcolor: "rgba(0,0,0,0)", color: colour("@faint"), activecolor: text, orientation: "v" },
      ...rest,
      ...(given.yaxis && given.yaxis.named ? { hovermode: "closest" } : {}),
      xaxis: axis(given.xaxis, box, spec, false), yaxis: axis(given.yaxis, box, spec, true),
    };
  }
  // Where a value lies on a scale of colours, as a colour of three parts from 0 to 255.
  function shade(scale, share) {
    const parts = (text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16));
    const next = Math.max(scale.findIndex(([at]) => at >= share), 1);
    const [[from, low], [to, high]] = [scale[next - 1], scale[next]];
    const other = parts(high);
    return parts(low).map((part, k) => part + ((share - from) / (to - from)) * (other[k] - part));
  }
  // Black or white, whichever stands out more (by 4.5 to 1 or more, on any ground).
  function ink(ground) {
    const [red, green, blue] = ground.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000000" : "#ffffff";
  }
  // The numbers on a heat map, each in an ink that can be read on its square.
  function numbers(map) {
    const values = map.z.flat().filter(Number.isFinite);
    const low = map.zmin === undefined ? Math.min(...values) : map.zmin, high = map.zmax === undefined ? Math.max(...values) : map.zmax;
    const seen = map.z.flatMap((row, i) => row.map((value, j) => ({ value, x: map.x[j], y: map.y[i], text: map.text[i][j] })))
      .filter((one) => Number.isFinite(one.value));
    const share = (value) => (high > low ? Math.min(Math.max((value - low) / (high - low), 0), 1) : 0.5);
    return {
      type: "scatter", mode: "text", x: seen.map((one) => one.x), y: seen.map((one) => one.y), text: seen.map((one) => one.text),
      textfont: { color: seen.map((one) => ink(shade(map.colorscale, share(one.value)))) }, hoverinfo: "skip", showlegend: false,
    };
  }
  function traces(number, box) {
    const spec = specs[number];
    const patch = (spec.steps[step[number]] || {}).patch || {};
    return painted(spec.data.map((trace, at) => ({ ...trace, ...(patch[at] || {}) }))).flatMap((trace) => {
      if (trace.type !== "heatmap") return [trace];
      const { numbered, ...map } = trace;
      // Squares too small for numbers keep their colours only.
      const isSmall = narrow(box) && (width(box) - 150) / ((map.x || []).length || 1) < 60;
      if (narrow(box)) {
        const title = { ...(map.colorbar || {}).title, font: { size: 10 } };
        map.colorbar = { ...map.colorbar, title, tickfont: { size: 9 }, thickness: 8, xpad: 4, nticks: 5 };
      }
      return [map, ...(numbered && !isSmall ? [numbers(map)] : [])];
    });
  }
  function draw(number) {
    const box = document.getElementById("chart-" + number);
    drawn.add(number);
    box.style.height = height(specs[number], box) + "px";
    return Plotly.react(box, traces(number, box), layout(number, box), {
      displaylogo: false, displayModeBar: narrow(box) ? false : "hover", modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
      toImageButtonOptions: { scale: 2 },
    });
  }
  const redraw = () => drawn.forEach(draw);

  const boxes = [...document.querySelectorAll(".chart")];
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries)
      if (entry.isIntersecting) {
        near.unobserve(entry.target);
        draw(Number(entry.target.dataset.chart));
      }
  }, { rootMargin: "600px" });
  boxes.forEach((box) => near.observe(box));

  for (const control of document.querySelectorAll("[data-chart]:is(input, select)"))
    control.addEventListener("input", () => {
      const number = Number(control.dataset.chart);
      step[number] = Number(control.value);
      if (control.type === "range") {
        const label = specs[number].steps[step[number]].label;
        control.setAttribute("aria-valuetext", unescaped(label));
        control.nextElementSibling.textContent = unescaped(label);
      }
      draw(number);
    });

  // Keys: + and - zoom about the middle, arrows move, 0 shows all.
  for (const box of boxes)
    box.addEventListener("keydown", (event) => {
      const full = box._fullLayout;
      if (event.target !== box || !full || event.ctrlKey || event.metaKey || event.altKey) return;
      const moves = { "+": [0.25, -0.25], "=": [0.25, -0.25], "-": [-0.5, 0.5], ArrowLeft: [-0.2, -0.2], ArrowRight: [0.2, 0.2] };
      if (event.key === "0") draw(Number(box.dataset.chart)).then(() => Plotly.relayout(box, { "xaxis.autorange": true, "yaxis.autorange": true }));
      else if (moves[event.key]) {
        const [low, high] = full.xaxis.range;
        const [left, right] = moves[event.key];
        Plotly.relayout(box, { "xaxis.range": [low + left * (high - low), high + right * (high - low)] });
      } else return;
      event.preventDefault();
    });

  const button = document.getElementById("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme || (dark.matches ? "dark" : "light")) === "dark";
  function tell() {
    button.setAttribute("aria-pressed", String(isDark()));
    redraw();
  }
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    tell();
  });
  dark.addEventListener("change", tell);
  button.setAttribute("aria-pressed", String(isDark()));

  let wide = innerWidth, waiting;
  addEventListener("resize", () => {
    if (innerWidth === wide) return;
    wide = innerWidth;
    clearTimeout(waiting);
    waiting = setTimeout(redraw, 150);
  });
  // Paper is light, and charts are drawn before the browser turns to its styles.
  let theme;
  addEventListener("beforeprint", () => {
    theme = root.dataset.theme;
    root.dataset.theme = "light";
    isPrinting = true;
    boxes.forEach((box) => draw(Number(box.dataset.chart)));
  });
  addEventListener("afterprint", () => {
    if (theme === undefined) delete root.dataset.theme;
    else root.dataset.theme = theme;
    isPrinting = false;
    redraw();
  });
})();
