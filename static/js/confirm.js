"use strict";
/* <details data-confirm> asks in a modal dialog instead of in place. The form itself moves there and back, so what was typed stays. */
{
  const ask = (details) => {
    const form = details.querySelector("form");
    const question = form.querySelector(".question");
    question.id ||= `question-${Math.random().toString(36).slice(2)}`;

    const dialog = document.createElement("dialog");
    dialog.setAttribute("aria-labelledby", question.id);
    const no = document.createElement("button");
    no.type = "button";
    no.className = "button plain";
    no.textContent = form.dataset.no;
    no.addEventListener("click", () => dialog.close());

    dialog.append(form);
    form.querySelector(".buttons").append(no);
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => {
      no.remove();
      details.append(form);
      dialog.remove();
      details.querySelector("summary").focus();
    });
    document.body.append(dialog);
    dialog.showModal();
    (form.querySelector("input:not([type=hidden]), textarea, select") ?? no).focus();
  };

  document.addEventListener("click", (event) => {
    const summary = event.target.closest?.("details[data-confirm] > summary");
    if (!summary || summary.parentElement.open || !window.HTMLDialogElement) return;
    event.preventDefault();
    ask(summary.parentElement);
  });
}
