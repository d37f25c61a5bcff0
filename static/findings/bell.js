/** A bell, if its listener wants one. Browsers keep sound back until somebody touched the page. */
const CHOICE = "observer.sound";
const TONES_HZ = [880, 660, 880, 660];
const TONE_S = 0.22;
const LOUDNESS = 0.3;

export class Bell {
  /** `whenAllowed` is called as soon as the browser lets sound through. */
  constructor(button, whenAllowed) {
    this.button = button;
    this.context = new AudioContext();
    this.context.addEventListener("statechange", () => {
      this.#show();
      if (this.#allowed) whenAllowed();
    });
    // A click and nothing sooner, so that the button still says "blocked" when it hears of it.
    document.addEventListener("click", () => this.context.resume(), { capture: true });
    button.addEventListener("click", () => this.#press());
    button.hidden = false;
    this.#show();
  }

  get wanted() {
    return localStorage.getItem(CHOICE) !== "off";
  }

  /** Whether it could be heard. */
  ring() {
    if (!this.wanted || !this.#allowed) return false;
    TONES_HZ.forEach((frequency, number) => this.#sound(frequency, number * TONE_S));
    return true;
  }

  get #allowed() {
    return this.context.state === "running";
  }

  #press() {
    // What the button offers is what it says: to allow the sound, or to change it.
    if (this.button.dataset.shown !== "blocked") {
      localStorage.setItem(CHOICE, this.wanted ? "off" : "on");
      this.ring();
    }
    this.#show();
  }

  #sound(frequency, after) {
    const begin = this.context.currentTime + after;
    const tone = new OscillatorNode(this.context, { frequency });
    const volume = new GainNode(this.context, { gain: LOUDNESS });
    volume.gain.setTargetAtTime(0, begin + TONE_S / 2, TONE_S / 6);
    tone.connect(volume).connect(this.context.destination);
    tone.start(begin);
    tone.stop(begin + TONE_S);
  }

  #show() {
    const shown = !this.wanted ? "off" : this.#allowed ? "on" : "blocked";
    this.button.dataset.shown = shown;
    this.button.textContent = this.button.dataset[shown];
    this.button.setAttribute("aria-checked", String(shown === "on"));
  }
}
