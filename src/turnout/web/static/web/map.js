// A map without tiles: communities and sites as points on district outlines. It is a picture of the table beside it; a
// click goes to the table's row. ECharts is fetched only when a map is on the page.
for (const box of document.querySelectorAll("[data-map]")) draw(box);

const KINDS = ["given", "made_up", "site"];

async function draw(box) {
  const [echarts, answer] = await Promise.all([import(box.dataset.echarts), fetch(box.dataset.map)]);
  if (!answer.ok) {
    box.textContent = box.dataset.failed;
    return;
  }
  const data = await answer.json();
  const points = sorted(data);
  echarts.registerMap("outlines", data.outlines);
  const chart = echarts.init(box, null, { renderer: "canvas" });
  const show = () => chart.setOption(options(box, data, points), true);
  show();
  chart.on("click", (event) => event.data?.code && go(box, event.data));
  new ResizeObserver(() => chart.resize()).observe(box);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  follow(chart, points);
  box.dataset.drawn = String(data.points.length);
}

// Rows of columns become points of three kinds: given, made up, sites.
function sorted(data) {
  const points = { given: [], made_up: [], site: [] };
  for (const [lon, lat, code, name, residents, households, synthetic] of data.points)
    points[synthetic ? "made_up" : "given"].push({ value: [lon, lat], code, name, residents, households });
  for (const [lon, lat, id, , name] of data.sites) points.site.push({ value: [lon, lat], id, name });
  return points;
}

function options(box, data, points) {
  const ink = (name) => getComputedStyle(box).getPropertyValue(`--${name}`).trim();
  const size = data.points.length > 2000 ? 4 : data.points.length > 400 ? 6 : 8;
  const looks = {
    given: { symbol: "circle", symbolSize: size, color: ink("accent") },
    made_up: { symbol: "circle", symbolSize: size, itemStyle: hollow(ink("surface"), ink("accent")) },
    site: { symbol: "diamond", symbolSize: size + 4, color: ink("short-edge") },
  };
  const words = (item) => {
    const { households, residents } = item.data;
    const rows = [item.name];
    if (households != null) rows.push(`${box.dataset.households} ${households.toLocaleString("en")}`);
    if (residents != null) rows.push(`${box.dataset.residents} ${residents.toLocaleString("en")}`);
    return rows.join("\n");
  };
  return {
    animation: false,
    aria: { enabled: false },
    tooltip: {
      renderMode: "richText",
      confine: true,
      backgroundColor: ink("surface"),
      borderColor: ink("rule-strong"),
      textStyle: { color: ink("ink"), fontSize: 13, fontFamily: getComputedStyle(box).fontFamily },
      formatter: words,
    },
    geo: {
      map: "outlines",
      roam: true,
      aspectScale: Math.cos((middle(data) * Math.PI) / 180),
      left: 14,
      right: 14,
      top: 14,
      bottom: 14,
      preserveAspect: "contain",
      label: {
        show: data.outlines.features.length > 1,
        color: ink("ink"),
        fontSize: 12,
        fontWeight: 700,
        textBorderColor: ink("surface"),
        textBorderWidth: 3,
      },
      itemStyle: { areaColor: ink("tint-0"), borderColor: ink("rule-strong"), borderWidth: 1.25 },
      emphasis: { disabled: true },
      select: { disabled: true },
      tooltip: { show: false },
      ...bounds(data, points),
    },
    series: KINDS.map((kind) => ({
      id: kind,
      type: "scatter",
      coordinateSystem: "geo",
      data: points[kind],
      ...looks[kind],
      emphasis: { scale: 1.8, itemStyle: { borderColor: ink("ink"), borderWidth: 2 } },
    })),
  };
}

function hollow(color, borderColor) {
  return { color, borderColor, borderWidth: 1.5 };
}

// Degrees of longitude shrink towards the pole: the middle latitude says by how much.
function middle(data) {
  const latitudes = data.points.map((point) => point[1]);
  return latitudes.length ? (Math.min(...latitudes) + Math.max(...latitudes)) / 2 : 35;
}

// A street is a small part of its district's outline: look at its points, with some room around them.
function bounds(data, points) {
  const all = [...points.given, ...points.made_up, ...points.site].map((point) => point.value);
  if (all.length < 2 || data.outlines.features.length > 1 || all.length > 60) return {};
  const [lons, lats] = [0, 1].map((axis) => all.map((value) => value[axis]));
  const room = Math.max(Math.max(...lons) - Math.min(...lons), Math.max(...lats) - Math.min(...lats), 0.005) * 0.15;
  return {
    boundingCoords: [
      [Math.min(...lons) - room, Math.max(...lats) + room],
      [Math.max(...lons) + room, Math.min(...lats) - room],
    ],
  };
}

// The row of a point: on this page it is marked and shown; otherwise the page of its street opens at it.
function go(box, { code }) {
  const row = document.getElementById(`area-${code}`);
  if (!row) return location.assign(`${box.dataset.areas}${code.slice(0, 9)}000/#area-${code}`);
  for (const other of document.querySelectorAll("tr.is-here")) other.classList.remove("is-here");
  row.classList.add("is-here");
  row.scrollIntoView({ block: "center" });
  row.querySelector("a")?.focus({ preventScroll: true });
}

// Pointing at a row lights its point.
function follow(chart, points) {
  const known = new Map();
  for (const kind of KINDS)
    points[kind].forEach((point, index) => point.code && known.set(point.code, { seriesId: kind, dataIndex: index }));
  const light = (type) => (event) => {
    const code = event.target.closest?.("tr[id^='area-']")?.id.slice(5);
    if (known.has(code)) chart.dispatchAction({ type, ...known.get(code) });
  };
  for (const name of ["focusin", "mouseover"]) document.addEventListener(name, light("highlight"));
  for (const name of ["focusout", "mouseout"]) document.addEventListener(name, light("downplay"));
}
