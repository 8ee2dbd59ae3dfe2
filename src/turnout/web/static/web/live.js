// A page that asks the server again and again: it says so when no answer comes, and leaves alone whoever is typing.
document.addEventListener("htmx:beforeRequest", (event) => {
  const box = event.target.closest?.("[data-live]");
  const held = document.activeElement;
  if (box?.contains(held) && held.matches("input[type=search], input[type=text], textarea, select")) event.preventDefault();
});

const stale = (hidden) => (event) => {
  const words = event.target.closest?.("[data-live]")?.querySelector("[data-stale]");
  if (words) words.hidden = hidden;
};
for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) document.addEventListener(name, stale(false));
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.xhr?.status === 304) stale(true)(event);
});
