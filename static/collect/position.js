/** Where the phone is: found in the background, never waited for. */

export class Position {
  /** @param {(state: "positionWaiting"|"positionFound"|"positionNone", best: object) => void} tell */
  constructor(tell) {
    this.best = null;
    this.watch = null;
    this.state = "";
    this.told = tell;
    if (!navigator.geolocation) {
      this.tell("positionNone");
      return;
    }
    this.tell("positionWaiting");
    this.watch = navigator.geolocation.watchPosition(
      ({ coords }) => {
        if (this.best && this.best.accuracy_m <= coords.accuracy) return;
        const { latitude: lat, longitude: lon, accuracy } = coords;
        this.best = { lat, lon, accuracy_m: Math.round(accuracy * 10) / 10 };
        this.tell("positionFound");
      },
      () => {
        if (!this.best) this.tell("positionNone");
      },
      { enableHighAccuracy: true, timeout: 60_000, maximumAge: 60_000 },
    );
  }

  tell(state) {
    this.state = state;
    this.told(state, this.best);
  }

  stop() {
    if (this.watch !== null) navigator.geolocation.clearWatch(this.watch);
    this.watch = null;
  }
}
