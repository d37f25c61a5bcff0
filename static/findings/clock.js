/** The clock of the mission room runs by the server's time, on the mission's clocks. */
const clock = document.querySelector("#clock");
const ahead = new Date(clock.dateTime) - Date.now();
const format = new Intl.DateTimeFormat(document.documentElement.lang, {
  timeZone: clock.dataset.timezone,
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

setInterval(() => {
  clock.textContent = format.format(new Date(Date.now() + ahead));
}, 1000);
