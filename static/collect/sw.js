/* The app's service worker: keeps the app on the phone, and answers for it with and without network.

   The server puts Workbox before this script, and `self.app`: the app's page with its revision, and
   its files by address with their checksums. */

const { core, precaching, routing, strategies } = self.workbox;
const { shell, files, later } = self.app;

/* Taking the app in. The download of a file whose checksum is another fails, whatever answered;
   one that fails, fails the whole installation, and the worker that was there stays. */

precaching.addPlugins([
  {
    /** A file that the page has just loaded is not loaded a second time. */
    async requestWillFetch({ request }) {
      if (!request.integrity) return request;
      const kept = new Request(request, { cache: "only-if-cached", mode: "same-origin" });
      const found = await fetch(kept).then((answer) => answer.ok, () => false);
      return found ? kept : request;
    },
    /** A sign-in page, or a page of the network's own, is not the app's. */
    async cacheWillUpdate({ request, response }) {
      const isShell = new URL(request.url).pathname === shell.url;
      const isOurs = !isShell || response.headers.get(shell.mark) === shell.revision;
      return response.ok && isOurs ? response : null;
    },
  },
]);

precaching.precache([
  { url: shell.url, revision: shell.revision },
  ...Object.entries(files).map(([url, integrity]) => ({ url, revision: integrity, integrity })),
]);

/** Chromium asks the network for a page while the worker starts, unless told that this is in vain. */
self.addEventListener("install", (event) => {
  event.addRoutes?.({ condition: { requestMode: "navigate" }, source: "fetch-event" });
});

/* Answering. What no route takes, the API above all, goes to the network untouched. */

routing.registerRoute(
  ({ request, url }) => request.mode === "navigate" && isPageOfApp(url),
  async ({ event }) => (await precaching.matchPrecache(shell.url)) ?? fetch(event.request),
);

precaching.addRoute({ directoryIndex: null, cleanURLs: false, ignoreURLParametersMatching: [] });

routing.registerRoute(
  ({ url, sameOrigin }) => sameOrigin && url.pathname in later,
  new strategies.StaleWhileRevalidate({
    cacheName: "later",
    plugins: [
      {
        requestWillFetch: async ({ request }) => {
          const integrity = later[new URL(request.url).pathname];
          return new Request(request, { integrity, mode: "same-origin" });
        },
      },
    ],
  }),
);

/* Pictures of labels are named by their content; a page that fetches a form has them kept. */
routing.registerRoute(
  ({ url, sameOrigin }) => sameOrigin && url.pathname.startsWith("/forms/pictures/"),
  new strategies.CacheFirst({ cacheName: "observer-pictures" }),
);

function isPageOfApp({ origin, pathname }) {
  if (origin !== location.origin || /\/(sw\.js|manifest\.webmanifest)$/.test(pathname)) return false;
  return pathname === shell.url || pathname.startsWith(`${shell.url}/`);
}

/* From one version to the next: the newer worker waits until a page says that nothing is disturbed.
   The first one serves the page that installed it at once. */

core.clientsClaim();

/** The key of the person at this phone, for a page that is loaded anew; never written anywhere. */
let kept = null;

const ON_MESSAGE = {
  SKIP_WAITING: () => self.skipWaiting(),
  KEEP_KEY: ({ person, key }) => {
    kept = { person, key };
  },
  FORGET_KEY: () => {
    kept = null;
  },
  ASK_KEY: ({ person }, [port]) => port.postMessage(kept?.person === person ? kept.key : null),
};

self.addEventListener("message", ({ data, ports }) => ON_MESSAGE[data?.type]?.(data, ports));

self.addEventListener("sync", (event) => {
  if (event.tag === "outbox") event.waitUntil(tellPages({ type: "SEND" }));
});

/** Only a page can send: what waits is encrypted, and its key is there while the app is open. */
async function tellPages(message) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  for (const page of pages) page.postMessage(message);
}
