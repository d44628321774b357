// Makes the pages quicker; without it they do the same by forms. Keys choose, a page takes the place of the one before without a
// reload, and an answer that cannot be sent is kept here, shown as unsaved, and sent when the server is back. The number of
// the question in its form makes sure that it counts once.
"use strict";
(() => {
  const UNSENT = "sysdrill-unsent";
  const MEANT_BEFORE_MS = 500;
  const RETRY_MS = 3000;
  const GIVE_UP_MS = 15000;
  const one = (selector, of = document) => of.querySelector(selector);
  const all = (selector, of = document) => [...of.querySelectorAll(selector)];
  let appeared = performance.now();
  let busy = false;
  let ticking = 0;
  let recorder = null;
  let recording = null;

  // ---- What could not be sent yet

  const kept = () => { try { return JSON.parse(localStorage.getItem(UNSENT)); } catch { return null; } };
  const keep = (unsent) => {
    try { unsent ? localStorage.setItem(UNSENT, JSON.stringify(unsent)) : localStorage.removeItem(UNSENT); } catch { /* only this page has it */ }
  };
  let unsent = kept();
  let retry = 0;

  const tell = (text) => {
    const box = one("#unsaved");
    box.hidden = !text;
    if (box.textContent !== text) box.textContent = text;
  };

  const send = async (form) => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), GIVE_UP_MS);
    // A device that was let in anew since has another token.
    const now = one("input[name=token]");
    const token = form.fields.find(([name]) => name === "token");
    if (now && token) token[1] = now.value;
    try {
      return await fetch(form.action, { method: "POST", body: new URLSearchParams(form.fields), signal: stop.signal, credentials: "same-origin" });
    } finally {
      clearTimeout(timer);
    }
  };

  const flush = async () => {
    clearTimeout(retry);
    if (!unsent || busy) return;
    busy = true;
    try {
      const response = await send(unsent);
      if (response.status >= 500) throw new Error(String(response.status));
      const done = unsent;
      unsent = null;
      keep(null);
      if (response.status === 403) {
        tell("The server does not know this device any more: your last answer was not saved. Open the address that its terminal shows.");
        return;
      }
      tell("");
      await show(response, done.action);
    } catch {
      tell("Not saved yet: the server cannot be reached. Your answer is kept in this page and sent when it is back.");
      retry = setTimeout(flush, RETRY_MS);
    } finally {
      busy = false;
      if (!unsent) all("button").forEach((button) => { button.disabled = false; });
    }
  };

  const submit = (form, button) => {
    if (busy || unsent) return;
    const took = one("input[name=took]", form);
    const timer = one("[data-countdown]");
    // What ends by itself is in time.
    const isOver = timer && timer.dataset.over && button.value === "reveal";
    if (took) took.value = isOver ? timer.dataset.seconds : (Number(took.dataset.spent) + (performance.now() - appeared) / 1000).toFixed(2);
    const fields = [...new FormData(form)].map(([name, value]) => [name, String(value)]);
    if (button.name) fields.push([button.name, button.value]);
    if (button.value === "reveal" && recorder) recorder.stop();
    unsent = { action: form.action, fields };
    keep(unsent);
    all("button").forEach((other) => { other.disabled = true; });
    flush();
  };

  // ---- A page in the place of the one before

  const show = async (response, action) => {
    const text = await response.text();
    const next = new DOMParser().parseFromString(text, "text/html");
    const main = one("#main", next);
    if (!main) { location.assign(new URL(action).pathname); return; }
    one("#main").replaceWith(document.adoptNode(main));
    document.title = next.title;
    const url = new URL(response.url);
    history.replaceState(null, "", url.pathname + url.search);
    window.scrollTo(0, 0);
    begin(true);
  };

  const begin = (isSwapped) => {
    appeared = performance.now();
    clearInterval(ticking);
    const clock = one(".clock");
    const timer = one("[data-countdown]");
    if (clock || timer) { tick(); ticking = setInterval(tick, 250); }
    const typed = one("input[name=text]");
    if (typed) { keypad(typed); typed.focus({ preventScroll: true }); }
    else if (isSwapped) { const head = one("#main h1"); if (head) head.focus({ preventScroll: true }); }
    if (isSwapped) one("#said").textContent = all("#main [data-say]").map((part) => part.textContent.trim().replace(/\s+/g, " ")).join(" ").slice(0, 600);
    record();
  };

  // ---- Time

  const minutes = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;
  const tick = () => {
    const passed = (performance.now() - appeared) / 1000;
    const clock = one(".clock");
    if (clock) {
      const spent = minutes(Number(clock.dataset.spent) + passed);
      const left = clock.dataset.left === undefined ? null : Math.ceil(Number(clock.dataset.left) - passed);
      const text = left === null ? spent : left > 0 ? `${spent}, ${minutes(left)} left` : `${spent}, time is up after this one`;
      if (clock.textContent !== text) clock.textContent = text;
    }
    const timer = one("[data-countdown]");
    if (!timer) return;
    const left = Number(timer.dataset.countdown) - passed;
    const text = minutes(Math.max(0, Math.ceil(left)));
    if (timer.textContent !== text) timer.textContent = text;
    if (left <= 0 && !timer.dataset.over && !unsent) {
      timer.dataset.over = "1";
      const button = one("button[value=reveal]");
      if (button) submit(button.form, button);
    }
  };

  // ---- The keypad: digits first, letters at a tap

  const keypad = (typed) => {
    if (!matchMedia("(hover: none)").matches) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = "Type letters";
    button.addEventListener("click", () => {
      const isDecimal = typed.inputMode === "decimal";
      typed.inputMode = isDecimal ? "text" : "decimal";
      button.textContent = isDecimal ? "Type digits" : "Type letters";
      typed.blur();
      typed.focus();
    });
    typed.form.append(button);
  };

  // ---- One's own answer, to hear beside the model answer: it stays in this page

  const record = () => {
    const place = one("[data-recording]");
    if (place && recording) {
      const audio = document.createElement("audio");
      audio.controls = true;
      audio.src = URL.createObjectURL(recording);
      const label = document.createElement("p");
      label.className = "dim small";
      label.textContent = "Your own answer; it is in this page alone, and gone with the next card.";
      place.after(label, audio);
      recording = null;
      return;
    }
    if (!place) recording = null;
    const timer = one("[data-countdown]");
    if (!timer || !navigator.mediaDevices || !window.MediaRecorder) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = "Record what you say";
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
        const parts = [];
        recorder = new MediaRecorder(stream);
        recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
        recorder.addEventListener("stop", () => {
          stream.getTracks().forEach((track) => track.stop());
          recording = new Blob(parts, { type: recorder.mimeType });
          recorder = null;
          // The points may be here already; where they are not, they take it in when they come.
          if (one("[data-recording]")) record();
        });
        recorder.start();
        button.textContent = "Recording, in this page alone";
      } catch {
        button.textContent = "The microphone is not allowed";
      }
    });
    timer.after(button);
  };

  // ---- Taps and keys

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || !form.elements.n) return;
    event.preventDefault();
    // A tap that comes so soon was meant for what stood there before.
    if (event.submitter && performance.now() - appeared >= MEANT_BEFORE_MS) submit(form, event.submitter);
    else if (!event.submitter) submit(form, one("button", form));
  });

  const press = (key) => {
    const found = all("[data-key]").find((part) => part.dataset.key === key);
    if (!found || found.disabled) return false;
    if (found.tagName === "SUMMARY") { for (let at = found.parentElement; at; at = at.parentElement.closest("details")) at.open = true; }
    else found.click();
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
    const at = event.target;
    const isText = at.matches("input[type=text], input[type=search], input[type=number], input[type=date], select, textarea");
    if (isText) return;
    // A part that has the focus does what it does by Space and Enter.
    const isOwn = at.matches("button, a, summary, input") && (event.key === " " || event.key === "Enter");
    if (isOwn) return;
    if (performance.now() - appeared < MEANT_BEFORE_MS) return;
    const key = event.key === "Enter" && !one('[data-key="Enter"]') ? " " : event.key;
    if (press(key)) event.preventDefault();
  });

  window.addEventListener("online", flush);
  // A page that comes back as it was is older than the session.
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  begin(false);
  if (unsent) { all("button").forEach((button) => { button.disabled = true; }); tell("Not saved yet: your last answer is being sent."); flush(); }
})();
