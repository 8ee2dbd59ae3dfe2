// Choosing an area (or any noun) by typing: a text box, a list that follows it, arrow keys, Enter. What is sent is the hidden code.
// Without this script the text box alone works: the server reads a code or an exact name.
for (const root of document.querySelectorAll("[data-pick]")) attach(root);

function attach(root) {
  const box = root.querySelector("input[type='text'], input[type='search']");
  const code = root.querySelector("input[type='hidden']");
  const list = root.querySelector("[role='listbox']");
  let timer = 0;
  let asked = 0;
  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", list.id);
  box.setAttribute("autocomplete", "off");
  close();

  box.addEventListener("input", () => {
    code.value = "";
    clearTimeout(timer);
    timer = setTimeout(find, 150);
  });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && !list.hidden && chosen()) {
      event.preventDefault();
      take(chosen());
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  box.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const row = event.target.closest("[role='option']");
    if (row) take(row);
  });

  async function find() {
    const words = box.value.trim();
    if (!words) return close();
    const mine = ++asked;
    const url = new URL(root.dataset.pick, location.href);
    url.searchParams.set("q", words);
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (mine !== asked || !answer.ok) return;
    const { rows, none } = await answer.json();
    list.replaceChildren(...(rows.length ? rows.map(option) : [nothing(none)]));
    list.hidden = false;
    box.setAttribute("aria-expanded", "true");
  }

  function option(row, index) {
    const item = document.createElement("li");
    item.id = `${list.id}-${index}`;
    item.setAttribute("role", "option");
    item.dataset.value = row.value;
    item.append(Object.assign(document.createElement("span"), { textContent: row.label }));
    item.append(Object.assign(document.createElement("small"), { textContent: row.note }));
    return item;
  }

  function nothing(words) {
    const item = Object.assign(document.createElement("li"), { textContent: words });
    item.setAttribute("role", "option");
    item.setAttribute("aria-disabled", "true");
    return item;
  }

  function chosen() {
    return list.querySelector("[aria-selected='true']");
  }

  function move(step) {
    const rows = [...list.querySelectorAll("[data-value]")];
    if (!rows.length) return;
    const now = rows.indexOf(chosen());
    rows[now]?.removeAttribute("aria-selected");
    const next = rows[(now + step + rows.length) % rows.length];
    next.setAttribute("aria-selected", "true");
    box.setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  }

  function take(row) {
    code.value = row.dataset.value;
    box.value = row.firstElementChild.textContent;
    close();
    root.dispatchEvent(new CustomEvent("picked", { bubbles: true, detail: code.value }));
    if (root.hasAttribute("data-pick-submits")) box.form.requestSubmit();
  }

  function close() {
    list.hidden = true;
    list.replaceChildren();
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }
}
