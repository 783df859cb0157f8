// Draws the inflow from the table that stands on the page: bars of published, held and rejected, one on the other.
// Without this the table is shown; with it the table is a click away.

/* global uPlot */
const chart = document.getElementById("chart");
const rows = [...document.querySelectorAll("#bins tbody tr")];
const heads = [...document.querySelectorAll("#bins thead th")].slice(1, 4).map((cell) => cell.textContent.trim());
const labels = rows.map((row) => row.querySelector("time").textContent);
const counts = [0, 1, 2].map((at) => rows.map((row) => Number(row.querySelectorAll("[data-n]")[at].dataset.n)));
const HEIGHT = 190;

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const upTo = (last) => rows.map((_, at) => counts.slice(0, last + 1).reduce((sum, each) => sum + each[at], 0));

function options(width) {
  const font = `12px ${getComputedStyle(document.body).fontFamily}`;
  const every = Math.ceil(labels.length / (width / 56));
  const bars = uPlot.paths.bars({ size: [0.72, 28] });
  const series = (name, at) => ({ label: heads[at], fill: colour(name), stroke: colour(name), width: 0, paths: bars, points: { show: false } });
  return {
    width, height: HEIGHT, legend: { show: false }, padding: [8, 0, 0, 0],
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: { x: { time: false, range: [-0.6, labels.length - 0.4] }, y: { range: (_, __, most) => [0, Math.max(4, most * 1.05)] } },
    axes: [
      { stroke: colour("--quiet"), font, grid: { show: false }, ticks: { show: false }, size: 28,
        splits: () => labels.map((_, at) => at).filter((at) => at % every === 0), values: (_, splits) => splits.map((at) => labels[at]) },
      { stroke: colour("--quiet"), font, grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, size: 40, space: 40, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4] },
    ],
    // The tallest stack first: the others are drawn over it.
    series: [{}, series("--abuse", 2), series("--spam", 1), series("--done", 0)],
    hooks: { setCursor: [(plot) => read(plot.cursor.idx)] },
  };
}

function read(at) {
  const line = document.getElementById("reading");
  line.textContent = at === null || at === undefined ? "\u00a0"
    : `${labels[at]}: ${counts.map((each, kind) => `${each[at]} ${heads[kind]}`).join(", ")}`;
}

function draw() {
  chart.replaceChildren();
  new uPlot(options(chart.clientWidth), [rows.map((_, at) => at), upTo(2), upTo(1), upTo(0)], chart);
}

if (chart && rows.length && typeof uPlot !== "undefined") {
  chart.hidden = false;
  draw();
  let width = chart.clientWidth;
  new ResizeObserver(() => { if (chart.clientWidth !== width) { width = chart.clientWidth; draw(); } }).observe(chart);
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
} else if (chart) {
  document.getElementById("as-table").open = true;
}
