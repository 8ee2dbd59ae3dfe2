// A map without tiles: communities as points on district outlines. It is a picture of the table beside it; a click goes to
// the table's row. The server sends one JSON of outlines and points; ECharts is fetched only when a map is on the page.

for (const box of document.querySelectorAll("[data-map]")) draw(box);

async function draw(box) {
  const [echarts, answer] = await Promise.all([import(box.dataset.echarts), fetch(box.dataset.map)]);
  if (!answer.ok) return fail(box);
  const data = await answer.json();
  echarts.registerMap("outlines", data.outlines);
  const chart = echarts.init(box, null, { renderer: "canvas" });
  const show = () => chart.setOption(options(box, data), true);
  show();
  chart.on("click", (event) => event.data?.code && go(event.data.code));
  new ResizeObserver(() => chart.resize()).observe(box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  follow(box, chart, data);
  box.dataset.drawn = String(data.points.length);
}

function options(box, data) {
  const ink = (name) => getComputedStyle(box).getPropertyValue(`--${name}`).trim();
  const latitude = data.latitude ?? 40;
  const series = [
    ["real", { symbol: "circle", color: ink("accent") }],
    ["made_up", { symbol: "emptyCircle", color: ink("accent") }],
    ["outside", { symbol: "diamond", color: ink("short-edge") }],
    ["closed", { symbol: "path://M0 0L10 10M10 0L0 10", color: ink("ink-3"), itemStyle: { borderColor: ink("ink-3"), borderWidth: 1 } }],
  ];
  return {
    animation: false,
    tooltip: {
      renderMode: "richText",
      confine: true,
      backgroundColor: ink("surface"),
      borderColor: ink("rule-strong"),
      textStyle: { color: ink("ink"), fontSize: 13, fontFamily: getComputedStyle(box).fontFamily },
      formatter: (item) => (item.data?.code ? `${item.name}\n${item.data.note}` : item.name),
    },
    geo: {
      map: "outlines",
      roam: true,
      aspectScale: Math.cos((latitude * Math.PI) / 180),
      nameMap: data.names ?? {},
      layoutCenter: ["50%", "50%"],
      layoutSize: "96%",
      preserveAspect: "contain",
      label: { show: data.outlines.features.length > 1, color: ink("ink"), fontSize: 12, fontWeight: 700, textBorderColor: ink("surface"), textBorderWidth: 3 },
      itemStyle: { areaColor: ink("tint-0"), borderColor: ink("rule-strong"), borderWidth: 1.25 },
      emphasis: { disabled: true },
      select: { disabled: true },
      tooltip: { show: false },
    },
    series: series.map(([kind, look]) => ({
      id: kind,
      type: "scatter",
      coordinateSystem: "geo",
      symbolSize: data.points.length > 2000 ? 4 : 8,
      large: false,
      data: data.points.filter((point) => point.kind === kind).map((point) => ({ name: point.name, value: point.at, code: point.code, note: point.note })),
      ...look,
      emphasis: { scale: 1.8, itemStyle: { borderColor: ink("ink"), borderWidth: 2 } },
    })),
  };
}

// The row of a point: on this page it is marked and shown, otherwise its own page opens.
function go(code) {
  const row = document.getElementById(`area-${code}`);
  if (!row) return location.assign(`${document.body.dataset.areas ?? "/areas/"}${code}/`);
  for (const other of document.querySelectorAll("tr.is-here")) other.classList.remove("is-here");
  row.classList.add("is-here");
  row.scrollIntoView({ block: "center" });
  row.querySelector("a")?.focus({ preventScroll: true });
}

// Pointing at a row lights its point.
function follow(box, chart, data) {
  const known = new Map();
  for (const kind of ["real", "made_up", "outside", "closed"])
    data.points.filter((point) => point.kind === kind).forEach((point, index) => known.set(point.code, { seriesId: kind, dataIndex: index }));
  const light = (event, type) => {
    const code = event.target.closest?.("tr[id^='area-']")?.id.slice(5);
    if (known.has(code)) chart.dispatchAction({ type, ...known.get(code) });
  };
  document.addEventListener("focusin", (event) => light(event, "highlight"));
  document.addEventListener("focusout", (event) => light(event, "downplay"));
  document.addEventListener("mouseover", (event) => light(event, "highlight"));
  document.addEventListener("mouseout", (event) => light(event, "downplay"));
}

function fail(box) {
  box.textContent = box.dataset.failed;
}
