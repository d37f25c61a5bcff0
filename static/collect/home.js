/** The observer's home: sends what waits, and shows what has newly arrived. */
import { startOutbox } from "./outbox.js";

const phone = JSON.parse(document.getElementById("phone").textContent);
const sender = startOutbox(phone, {
  // What arrived belongs in the lists that the server made.
  onRest: (arrived) => arrived && window.location.reload(),
});
sender.sendAll();
