// Single keys on console pages: / finds, J and K walk the rows of the table, Enter opens, 1-5 filter, ? lists the keys.
// They are off while somebody types, and can be switched off for good on this computer.
const OFF = "turnout.keys.off";
const typing = (target) => target.closest("input, textarea, select, dialog, [contenteditable]");
const off = () => localStorage.getItem(OFF) === "1";

function walk(step) {
  const rows = [...document.querySelectorAll("main .tbl tbody tr:not([hidden])")].filter((row) => row.querySelector("a"));
  if (!rows.length) return;
  const held = document.activeElement?.closest("tr");
  const now = rows.findIndex((row) => row === held || (!held && row.getAttribute("aria-selected") === "true"));
  const next = rows[Math.min(rows.length - 1, Math.max(0, now + step))];
  for (const row of rows) row.removeAttribute("aria-selected");
  next.setAttribute("aria-selected", "true");
  next.querySelector("a").focus();
  next.scrollIntoView({ block: "nearest" });
}

const acts = {
  "/": () => document.querySelector("[data-key='/']")?.focus(),
  j: () => walk(1),
  k: () => walk(-1),
  "?": () => document.getElementById("keys")?.showModal(),
};

// 1 to 5 choose among the filters of a page that says so.
function digit(key) {
  const chosen = /^[1-9]$/.test(key) && document.querySelector("[data-digits]")?.children[key - 1];
  return chosen ? () => chosen.click() : undefined;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || off() || typing(event.target)) return;
  const act = acts[event.key.toLowerCase()] ?? digit(event.key);
  if (!act) return;
  event.preventDefault();
  act();
});

for (const box of document.querySelectorAll("[data-keys-off]")) {
  box.checked = off();
  box.addEventListener("change", () => (box.checked ? localStorage.setItem(OFF, "1") : localStorage.removeItem(OFF)));
}
for (const opener of document.querySelectorAll("[data-opens]"))
  opener.addEventListener("click", () => document.getElementById(opener.dataset.opens).showModal());
