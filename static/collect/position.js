/** Where the phone is: found in the background, never waited for. */

export class Position {
  /** @param {(state: "positionWaiting"|"positionFound"|"positionNone", best: object) => void} tell */
  constructor(tell) {
    this.best = null;
    this.watch = null;
    if (!navigator.geolocation) {
      tell("positionNone", null);
      return;
    }
    tell("positionWaiting", null);
    this.watch = navigator.geolocation.watchPosition(
      ({ coords }) => {
        if (this.best && this.best.accuracy_m <= coords.accuracy) return;
        const { latitude: lat, longitude: lon, accuracy } = coords;
        this.best = { lat, lon, accuracy_m: Math.round(accuracy * 10) / 10 };
        tell("positionFound", this.best);
      },
      () => {
        if (!this.best) tell("positionNone", null);
      },
      { enableHighAccuracy: true, timeout: 60_000, maximumAge: 60_000 },
    );
  }

  stop() {
    if (this.watch !== null) navigator.geolocation.clearWatch(this.watch);
  }
}
