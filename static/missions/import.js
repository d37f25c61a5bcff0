/** Sends the file with a bar that shows how much of it has arrived, and a way to stop. */
import "./jobs.js";

const form = document.querySelector("#import");
const sending = document.querySelector("#sending");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const request = new XMLHttpRequest();
  const bar = sending.querySelector("progress");
  const end = () => {
    sending.hidden = true;
    form.inert = false;
  };
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.max = total;
    bar.value = loaded;
  });
  request.addEventListener("load", () => {
    if (request.status === 200 && new URL(request.responseURL).pathname === location.pathname) {
      location.hash = "jobs";
      location.reload();
      return;
    }
    // What is wrong is on the page that came back.
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    document.querySelector("#content").replaceChildren(...page.querySelector("#content").childNodes);
    document.querySelector("#content").scrollIntoView();
  });
  request.addEventListener("error", () => {
    end();
    sending.nextElementSibling.hidden = false;
  });
  request.addEventListener("abort", end);
  sending.querySelector("button").onclick = () => request.abort();
  request.open("POST", form.action);
  request.send(new FormData(form));
  sending.nextElementSibling.hidden = true;
  sending.hidden = false;
  form.inert = true;
});
