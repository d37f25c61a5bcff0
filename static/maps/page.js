/* Questions follow the form that is chosen, answers the question; without this the button does. */
const form = document.querySelector("#map-choices");
const questions = JSON.parse(form.dataset.questions);
const { form: forms, question, answer } = form.elements;

function fill(select, options, chosen) {
  select.replaceChildren(
    ...options.map(({ name, label }) => new Option(label, name, false, name === chosen)),
  );
}

function asked() {
  return questions[forms.value] ?? [];
}

forms.addEventListener("change", () => {
  fill(question, [{ name: "", label: form.dataset.coverage }, ...asked()], "");
  question.disabled = !forms.value;
  question.dispatchEvent(new Event("change"));
});

question.addEventListener("change", () => {
  const chosen = asked().find(({ name }) => name === question.value);
  fill(answer, chosen?.answers ?? [], chosen?.first);
  answer.disabled = !chosen;
});

// On a phone the map comes first.
if (window.matchMedia("(max-width: 60rem)").matches) {
  document.querySelector(".map-choices").open = false;
}
