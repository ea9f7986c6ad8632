// SPDX-License-Identifier: GPL-3.0-or-later
// What the server hints while pages are open: what may be read anew, never what it says. One tab of a browser keeps the
// connection and tells the others, since a browser has six to a server; which one, Web Locks say. Where there are none
// (pages that did not come by HTTPS), each tab has its own.

export interface Hints {
  matters: { id: string; version: number }[];
  tasks: string[]; // posts; "self" without one
  alerts: string[]; // posts
  figures: string[]; // units
  more: boolean; // not all are listed
  reload: boolean; // everything may have changed
}

type Listener = (hints: Hints) => void;
interface Told {
  id: string; // of the newest event
  hints: Hints | null;
}

const NAME = "lianfang-live";
const FIRST_WAIT_MS = 3_000;
const LONGEST_WAIT_MS = 60_000;

const listeners = new Set<Listener>();
let lastId = "";
let stopRunning: (() => void) | null = null;

/** Until the function that it returns is called. */
export function onHints(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function hintsOf(text: string, reload: boolean): Hints {
  const given = JSON.parse(text) as Partial<Hints>;
  return {
    matters: given.matters ?? [],
    tasks: given.tasks ?? [],
    alerts: given.alerts ?? [],
    figures: given.figures ?? [],
    more: given.more ?? false,
    reload,
  };
}

function take(told: Told): void {
  lastId = told.id || lastId;
  if (told.hints) for (const listener of [...listeners]) listener(told.hints);
}

/** Keeps a connection until it is stopped, with longer and longer waits while the server refuses it. */
function connect(tell: (told: Told) => void): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waitMs = FIRST_WAIT_MS;
  let stopped = false;

  function open(): void {
    source = new EventSource(`/api/v1/events${lastId ? `?after=${encodeURIComponent(lastId)}` : ""}`);
    const told = (reload: boolean) => (event: MessageEvent<string>) =>
      tell({ id: event.lastEventId, hints: hintsOf(event.data, reload) });
    source.addEventListener("hints", told(false));
    source.addEventListener("reload", told(true));
    source.onopen = () => (waitMs = FIRST_WAIT_MS);
    source.onerror = () => {
      if (stopped || source?.readyState !== EventSource.CLOSED) return; // it comes back by itself
      timer = setTimeout(open, waitMs * (0.5 + Math.random()));
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    };
  }

  open();
  return () => {
    stopped = true;
    clearTimeout(timer);
    source?.close();
  };
}

/** Leads when it is this tab's turn; the channel carries to the others what comes. */
function share(): () => void {
  const channel = new BroadcastChannel(NAME);
  const given = new AbortController();
  let disconnect: (() => void) | null = null;
  let leave: (() => void) | null = null;
  channel.onmessage = (event: MessageEvent<Told>) => take(event.data);
  const lead = () => {
    disconnect = connect((told) => {
      take(told);
      channel.postMessage(told);
    });
    return new Promise<void>((resolve) => (leave = resolve));
  };
  navigator.locks.request(NAME, { signal: given.signal }, lead).catch(() => undefined); // given up while it waited
  return () => {
    given.abort();
    disconnect?.();
    leave?.();
    channel.close();
  };
}

/** As somebody is signed in, and not any more. */
export function setLive(on: boolean): void {
  if (on === (stopRunning !== null)) return;
  if (!on) {
    stopRunning?.();
    stopRunning = null;
    return;
  }
  const shared = "locks" in navigator && typeof BroadcastChannel !== "undefined";
  stopRunning = shared ? share() : connect(take);
}
