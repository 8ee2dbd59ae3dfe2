// A print button, on pages that are carried on paper. Without a script the browser's own command does the same.
for (const button of document.querySelectorAll("[data-prints]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
