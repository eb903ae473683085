"""What must not be on a page, found in the browser by the place of things: texts over texts, texts cut off, words broken.

Each is JavaScript for `page.evaluate` that returns what is wrong, in words; nothing if all is well.
"""

CLASHES = """() => {
  const SLACK = 1.5;  // pixels that two boxes may share: glyphs do not fill theirs
  const corners = (text) => {
    const box = text.getBBox(), at = text.getScreenCTM();
    const inset = Math.min(box.height * 0.15, 3);  // room above and below the letters
    return [[box.x, box.y + inset], [box.x + box.width, box.y + inset], [box.x + box.width, box.y + box.height - inset],
      [box.x, box.y + box.height - inset]].map(([x, y]) => [at.a * x + at.c * y + at.e, at.b * x + at.d * y + at.f]);
  };
  const plain = (rect) => [[rect.left, rect.top], [rect.right, rect.top], [rect.right, rect.bottom], [rect.left, rect.bottom]];
  // Two turned boxes touch unless some side of one has all of the other beyond it.
  const apart = (one, other) => [one, other].some((box) => [0, 1].some((side) => {
    const [x, y] = [box[side + 1][0] - box[side][0], box[side + 1][1] - box[side][1]], length = Math.hypot(x, y) || 1;
    const along = (points) => points.map(([px, py]) => (px * x + py * y) / length);
    const [a, b] = [along(one), along(other)];
    return Math.max(...a) < Math.min(...b) + SLACK || Math.max(...b) < Math.min(...a) + SLACK;
  }));
  const found = [];
  for (const chart of document.querySelectorAll(".chart")) {
    const seen = [...chart.querySelectorAll("text")].filter((text) =>
      text.textContent.trim() && text.getBoundingClientRect().width && !text.closest(".hoverlayer, .modebar") && getComputedStyle(text).opacity !== "0");
    const boxes = seen.map((text) => [text.textContent.trim(), corners(text)]);
    for (const bar of chart.querySelectorAll(".cbfills")) boxes.push(["(colour bar)", plain(bar.getBoundingClientRect())]);
    for (let i = 0; i < boxes.length; i++)
      for (let j = i + 1; j < boxes.length; j++)
        if (!apart(boxes[i][1], boxes[j][1])) found.push(`${chart.id}: "${boxes[i][0]}" over "${boxes[j][0]}"`);
  }
  return found;
}"""
"""Texts of one chart (and its colour bar) that lie over each other."""

CUT_OFF = """() => {
  const wide = document.documentElement.clientWidth, out = [];
  if (document.documentElement.scrollWidth > wide) out.push("the page is wider than the window");
  for (const box of document.querySelectorAll(".chart")) {
    const frame = box.getBoundingClientRect();
    for (const text of box.querySelectorAll("text")) {
      const at = text.getBoundingClientRect();
      if (at.width && (at.left < frame.left - 1 || at.right > frame.right + 1 || at.top < frame.top - 1 || at.bottom > frame.bottom + 1))
        out.push(box.id + ": " + text.textContent);
    }
  }
  return out;
}"""
"""Texts that reach out of their chart, and a page wider than its window."""

IN_THE_WAY = """() => [...document.querySelectorAll(".chart")].flatMap((box) => {
  const { shapes = [], annotations = [], _size: size } = box._fullLayout;
  const top = box.getBoundingClientRect().top + size.t, bottom = top + size.h;
  const marks = annotations.filter((label) => shapes.some((line) => line.x0 === line.x1 && line.x0 === label.x));
  return marks.filter((label) => {
    const at = box.querySelector(`.annotation[data-index="${label._index}"] text`).getBoundingClientRect();
    return at.bottom > top + 1 && at.top < bottom - 1;
  }).map((label) => `${box.id}: ${label.text}`);
})"""
"""Labels of vertical lines that lie on the plot, where they may hide a curve."""

BROKEN = """() => {
  const found = [], range = document.createRange();
  const walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (!node.parentElement.closest("th, td, dt, dd, h1, h2, h3, h4, p, figcaption, summary, label") || node.parentElement.closest("svg, pre")) continue;
    // Plain words, and names joined by dots or underscores; what is longer may have no room in a column.
    const words = [...node.textContent.matchAll(/[\\p{L}\\p{N}]+/gu)].filter((word) => word[0].length <= 16);
    const names = [...node.textContent.matchAll(/[\\p{L}\\p{N}]+([._]+[\\p{L}\\p{N}]+)+/gu)].filter((name) => name[0].length <= 25);
    for (const word of [...words, ...names]) {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const lines = new Set([...range.getClientRects()].filter((box) => box.width > 0.5).map((box) => Math.round(box.top)));
      if (lines.size > 1) found.push(`${node.parentElement.tagName}: ${word[0]} in ${node.textContent.trim().slice(0, 60)}`);
    }
  }
  return [...new Set(found)];
}"""
"""Words of up to 16 letters, and names with dots or underscores of up to 25, that are broken over two lines."""

HALF_ROWS = """() => [...document.querySelectorAll(".scroll")].filter((box) => box.getBoundingClientRect().height).flatMap((box) => {
  const bottom = box.getBoundingClientRect().bottom - 1;
  return [...box.querySelectorAll("tbody tr")].filter((row) => {
    const at = row.getBoundingClientRect();
    return at.top < bottom - 2 && at.bottom > bottom + 2;
  }).map((row) => row.textContent.trim().slice(0, 60));
})"""
"""Rows of tables that the edge of their box cuts through."""
