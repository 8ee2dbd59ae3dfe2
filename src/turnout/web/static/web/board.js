// The map of the board is a picture of its table: a click goes to the row, and the row under the pointer lights its mark.
const rows = (code) => document.getElementById(`area-${code}`);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-prints]")) return print();
  const mark = event.target.closest(".map__sheet [data-street]");
  if (!mark || !document.querySelector(".tbl--board")) return;
  const row = rows(mark.dataset.code ?? mark.dataset.street);
  if (row) return show(row);
  const street = document.getElementById(`tog-${mark.dataset.street}`);
  if (!street) return;
  const there = new URL(street.href);
  there.hash = mark.dataset.code ? `area-${mark.dataset.code}` : `area-${mark.dataset.street}`;
  location.assign(there);
});

function show(row) {
  for (const other of document.querySelectorAll("tr.is-here")) other.classList.remove("is-here");
  row.classList.add("is-here");
  row.scrollIntoView({ block: "center" });
  row.querySelector("a")?.focus({ preventScroll: true });
}

const light = (on) => (event) => {
  const code = event.target.closest?.("tr[id^='area-']")?.id.slice(5);
  if (code) document.querySelector(`.map__sheet [data-code="${code}"]`)?.classList.toggle("is-hot", on);
};
for (const name of ["focusin", "mouseover"]) document.addEventListener(name, light(true));
for (const name of ["focusout", "mouseout"]) document.addEventListener(name, light(false));
