"use strict";
// Keeps the page up to date: the server sends what has changed, and pictures are asked for by number.
(() => {
const page = window.sheetrenderLive, {data, make} = page;
delete window.sheetrenderLive;
const $ = (id) => document.getElementById(id);
const thumbs = data.thumbs, first = new Map(), version = new Map();
const canvas = document.createElement("canvas");
let now = null, done = [], there = [], following = true, shown = -1, video = null, source = null;
let painting = false;

// The token stands in a cookie by now; in the address it would be copied and shown.
history.replaceState(null, "", location.pathname);

const address = (what, frame) => `${what}/${frame}?v=${version.get(frame) || 0}`;
const repaint = () => {
  if (painting) return;
  painting = true;
  requestAnimationFrame(() => { painting = false; page.paint(); });
};

// --- words ---
function lasting(seconds) {
  const whole = Math.round(seconds), minutes = Math.floor(whole / 60), hours = Math.floor(minutes / 60);
  if (hours) return `${hours} h ${minutes % 60} min`;
  return minutes ? `${minutes} min ${whole % 60} s` : `${Math.max(1, whole)} s`;
}

const paceOf = (pace) => pace >= 1 ? `${pace.toFixed(1)} s for each frame` : `${(1 / Math.max(pace, 1e-3)).toFixed(1)} frames each second`;
const countOf = (spans) => spans.reduce((sum, [start, end]) => sum + end + 1 - start, 0);

function sentence() {
  const count = countOf(done), total = page.counted(data.frames, "frame");
  const waits = `Nothing is being drawn. ${count.toLocaleString("en")} of ${total} are done; run the sheet and the page follows.`;
  return {
    waiting: count ? waits : "Nothing is drawn yet. Run the sheet and the page follows.",
    starting: "A run begins: it reads the sheet and makes its plan.",
    drawing: `Drawing: ${now.drawn.toLocaleString("en")} of ${page.counted(now.todo, "frame")}`,
    encoding: "All frames are done. The video is being made.",
    idle: `${count.toLocaleString("en")} of ${total} are done; the others are held, failed or were not asked for.`,
    done: "All frames are done.",
  }[now.phase];
}

function sayHowFar() {
  const share = now.phase === "drawing" ? now.drawn / Math.max(1, now.todo) : countOf(done) / data.frames;
  $("phase").textContent = [sentence(), now.aside].filter(Boolean).join(" ");
  $("live").className = now.phase;
  $("bar").firstElementChild.style.width = (100 * share).toFixed(2) + "%";
  const isDrawing = now.phase === "drawing" && now.pace !== null;
  $("pace").textContent = isDrawing ? `${paceOf(now.pace)} · ${lasting(now.left)} left` : "";
  $("follow").hidden = following || now.phase !== "drawing";
  const mark = {drawing: `${Math.floor(100 * share)} % · `, encoding: "… · "}[now.phase] || "";
  document.title = mark + data.title;
}

// --- pictures ---
function startPictures() {
  const {columns, w, h, slots} = thumbs;
  thumbs.cells = [];
  canvas.width = columns * w;
  canvas.height = Math.ceil(slots.length / columns) * h;
  page.useSprite(canvas);
}

function drawSlot(cell) {
  const frame = thumbs.slots[cell], image = new Image();
  image.onload = () => {
    const {columns, w, h, slots} = thumbs;
    canvas.getContext("2d").drawImage(image, cell % columns * w, Math.floor(cell / columns) * h, w, h);
    if (!thumbs.frames.includes(frame)) {
      thumbs.frames = [...thumbs.frames, frame].sort((one, other) => one - other);
      thumbs.cells = thumbs.frames.map((at) => slots.indexOf(at));
    }
    repaint();
  };
  image.fetchPriority = "low";
  image.src = address("thumb", frame);
}

page.thumbOf = (frame) => {
  const image = make("img", undefined, "thumb");
  image.alt = ""; image.loading = "lazy"; image.hidden = true;
  image.style.aspectRatio = `${data.width} / ${data.height}`;
  image.addEventListener("error", () => { image.hidden = true; });
  first.set(frame, image);
  return image;
};

function takeVersions(landed) {
  for (const frame of landed) version.set(frame, (version.get(frame) || 0) + 1);
  if (landed.includes(shown)) shown = -1;
}

function takeThumbs(landed) {
  const fresh = new Set(landed);
  thumbs.slots.forEach((frame, cell) => { if (fresh.has(frame)) drawSlot(cell); });
  for (const [frame, image] of first) if (fresh.has(frame)) {
    image.hidden = false; image.src = address("thumb", frame);
  }
}

function nearest(frame) {
  let best = -1, away = Infinity;
  for (const [start, end] of there) {
    const at = Math.min(end, Math.max(start, frame)), by = Math.abs(at - frame);
    if (by < away) [best, away] = [at, by];
  }
  return best;
}

// The full picture; a quick hand on the time line asks for the last one only.
const big = make("img"), waiting = new Image();
waiting.fetchPriority = "high";
big.id = "picture"; big.alt = "The frame under the cursor, or the nearest one that is drawn"; big.hidden = true;
let loading = -1, wanted = -1;
const load = (frame) => { loading = frame; waiting.src = address("frame", frame); };
waiting.onload = () => {
  big.src = waiting.src; big.hidden = page.hasVideo(); $("blank").hidden = true;
  shown = loading; loading = -1;
  if (wanted !== shown && wanted >= 0) load(wanted);
};
waiting.onerror = () => { loading = -1; };
page.showStill = (frame) => {
  wanted = nearest(frame);
  if (wanted < 0) return;
  if (wanted === shown) { big.hidden = page.hasVideo(); return; }
  if (loading < 0) load(wanted);
};

// The nearest thumbnail stands for what is drawn only; the rest of the time line stays dark.
page.isDrawn = (frame, half) => Math.abs(nearest(frame) - frame) <= half && there.length > 0;
page.markDone = (pen, height, xOf) => {
  pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--good");
  for (const [start, end] of done) pen.fillRect(xOf(start), height - 3, Math.max(1, xOf(end + 1) - xOf(start)), 3);
};

// --- the video ---
page.noVideo = "The browser cannot play the video; the frames are shown.";
function takeVideo() {
  const isFinished = now.video !== null && now.phase !== "encoding" && now.phase !== "drawing";
  if (!isFinished || now.video === video) return;
  video = now.video;
  data.video = {name: `video?v=${video}`, data: ""};
  page.loadVideo();
}

// --- news ---
function take(news) {
  if (news.plan !== data.live) return startAnew();
  now = news; done = news.done; there = news.pictures;
  takeVersions(news.landed);
  const table = $("rows").tBodies[0];
  for (const [number, [status, progress, message]] of Object.entries(news.rows)) {
    const row = data.rows[number];
    Object.assign(row, {status, progress, message});
    page.sayStatus(table.rows[number].lastElementChild, row);
  }
  sayHowFar();
  takeVideo();
  if (following && !page.hasVideo() && news.phase === "drawing" && news.latest !== null) page.seek(news.latest);
  else page.tell();
  // After the large picture, which somebody looks at.
  takeThumbs(news.landed);
  repaint();
}

// Another plan: the page is made anew, but not again and again should that not help.
function startAnew() {
  if (source) source.close();
  const asked = Number(sessionStorage.getItem("anew") || 0);
  sessionStorage.setItem("anew", String(Date.now()));
  setTimeout(() => location.reload(), Date.now() - asked < 3000 ? 3000 : 0);
}

page.taken = () => { following = false; if (now) sayHowFar(); };
$("follow").addEventListener("click", () => {
  following = true;
  if (now && now.latest !== null) page.seek(now.latest);
  sayHowFar();
});

function connect() {
  source = new EventSource("events");
  source.onmessage = (event) => take(JSON.parse(event.data));
  source.onerror = () => {
    $("phase").textContent = "The server does not answer. Start sheetrender serve again, and the page goes on.";
    $("live").className = "lost"; $("pace").textContent = "";
    // A refusal ends the browser's own attempts: the server may be another one for a moment.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 3000);
  };
}

$("live").hidden = false;
$("screen").append(big);
$("phase").textContent = "Asking how far it is …";
startPictures();
page.begin();
connect();
})();
