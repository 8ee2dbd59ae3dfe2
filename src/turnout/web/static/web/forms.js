// Forms: the error summary takes the focus; a button pressed once says it is busy; a dangerous act asks first.
document.querySelector(".errsum")?.focus();

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  const question = button?.dataset.asks ?? form.dataset.asks;
  if (question && form.dataset.sure !== "yes") {
    event.preventDefault();
    ask(question, button?.textContent ?? "", () => {
      form.dataset.sure = "yes";
      form.requestSubmit(button);
    });
    return;
  }
  if (form.method === "dialog" || !button || form.hasAttribute("data-stays")) return;
  if (button.getAttribute("aria-busy") === "true") {
    event.preventDefault();
    return;
  }
  button.setAttribute("aria-busy", "true");
});

// A form of filters acts as soon as a box is ticked.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits] input[type=checkbox]")) event.target.form.requestSubmit();
});

// A number with a minus and a plus beside it.
for (const box of document.querySelectorAll("[data-steps]")) {
  const input = box.querySelector("input");
  for (const button of box.querySelectorAll("[data-step]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      button.dataset.step === "1" ? input.stepUp() : input.stepDown();
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
}

// Coming back with the browser's arrow shows the page as it was left: nothing is busy any more.
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[aria-busy='true'].btn")) button.removeAttribute("aria-busy");
});

function ask(question, words, then) {
  const template = document.getElementById("ask");
  const dialog = template.content.firstElementChild.cloneNode(true);
  dialog.querySelector("[data-question]").textContent = question;
  dialog.querySelector("[value='yes']").textContent = words.replace(/…$/, "");
  dialog.addEventListener("close", () => {
    const sure = dialog.returnValue === "yes";
    dialog.remove();
    if (sure) then();
  });
  document.body.append(dialog);
  dialog.showModal();
}
