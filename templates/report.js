"use strict";
// Everything on this page comes from the one JSON block above; nothing is fetched. Texts of the sheet
// are only ever set as textContent. The live page alone has a second script, which is handed `live`.
(() => {
const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const last = data.frames - 1;
const fps = data.fps[0] / data.fps[1];
const colours = ["#7cb7ff", "#ffb26b", "#7fdca4", "#c9a4ff", "#f2d06b", "#6fd3e0"];
const look = getComputedStyle(document.documentElement);
const colour = (name) => look.getPropertyValue("--" + name).trim();
let frame = 0, from = 0, to = data.frames, sprite = null, hasVideo = false, playing = false;
// What the live page does in its own way.
const live = {};

const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
const floats = (text) => new Float32Array(bytes(text).buffer);
const blobOf = (text, type) => URL.createObjectURL(new Blob([bytes(text)], {type}));
const make = (tag, text, name) => {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (name) element.className = name;
  return element;
};
const counted = (count, what) => `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const short = (value) => String(+(+value.toPrecision(5)).toFixed(6));

// Timecode counts labels: SMPTE drop-frame leaves out the first labels of nine minutes in ten.
function timecode(index) {
  let n = index + data.start;
  const nominal = Math.max(1, Math.round(fps));
  if (data.drop) {
    const skipped = nominal / 15, minute = nominal * 60 - skipped, ten = minute * 10 + skipped;
    const tens = Math.floor(n / ten), rest = n % ten;
    n += 9 * skipped * tens;
    if (rest >= skipped) n += skipped * Math.floor((rest - skipped) / minute);
  }
  const two = (value) => String(value).padStart(2, "0");
  const seconds = Math.floor(n / nominal);
  return [seconds / 3600, seconds / 60 % 60, seconds % 60].map((v) => two(Math.floor(v))).join(":") +
    (data.drop ? ";" : ":") + two(n % nominal);
}

function rowAt(index) {
  let low = 0, high = data.rows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (data.rows[middle].first <= index) low = middle; else high = middle - 1;
  }
  return low;
}

// --- the time axis, which all panes share ---
const panes = [];
const width = () => $("panes").clientWidth;
const xOf = (index) => (index - from) / (to - from) * width();

function addPane(name, unit, height, draw, valueAt) {
  const pane = make("div", undefined, "pane"), head = make("div");
  const label = make("span"), value = make("span");
  label.append(make("b", name), make("i", unit ? "  " + unit : ""));
  head.append(label, value);
  const canvas = make("canvas");
  if (name) pane.append(head);
  pane.append(canvas);
  $("panes").append(pane);
  panes.push({canvas, height, draw, value, valueAt});
}

function paint() {
  const ratio = window.devicePixelRatio || 1, across = width();
  for (const {canvas, height, draw} of panes) {
    canvas.width = Math.round(across * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.height = height + "px";
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    draw(pen, across, height);
    marks(pen, height);
  }
  moveCursor();
}

function marks(pen, height) {
  pen.fillStyle = "rgba(255,255,255,.10)";
  for (const row of data.rows) if (row.first > 0) pen.fillRect(Math.round(xOf(row.first)), 0, 1, height);
  pen.fillStyle = colour("cut");
  for (const cut of data.cuts) pen.fillRect(Math.round(xOf(cut)) - 0.5, 0, 1.5, height);
}

function drawRuler(pen, across, height) {
  const wanted = (to - from) / fps / Math.max(2, across / 90);
  const step = [1 / fps, .1, .2, .5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800].find((s) => s >= wanted) || 3600;
  pen.fillStyle = colour("faint");
  pen.font = "11px " + look.getPropertyValue("--sans");
  for (let n = Math.ceil(from / fps / step - 1e-9); n * step * fps < to; n++) {
    const seconds = n * step, x = Math.round(xOf(seconds * fps));
    const minutes = Math.floor(seconds / 60 + 1e-9), rest = seconds - minutes * 60;
    const text = step < 1 ? seconds.toFixed(2) : minutes + ":" + String(Math.round(rest)).padStart(2, "0");
    pen.fillRect(x, height - 5, 1, 5);
    if (x + 40 < across) pen.fillText(text, x + 4, height - 5);
  }
}

function drawRows(pen, across, height) {
  pen.font = "12px " + look.getPropertyValue("--sans");
  pen.textBaseline = "middle";
  data.rows.forEach((row, number) => {
    const x = xOf(row.first), room = xOf(row.last + 1) - x;
    if (x > across || x + room < 0) return;
    pen.fillStyle = colour(number % 2 ? "row2" : "row");
    pen.fillRect(x, 0, room, height);
    if (room < 22) return;
    pen.save();
    pen.beginPath(); pen.rect(x, 0, room - 4, height); pen.clip();
    pen.fillStyle = colour("ink");
    pen.fillText(row.caption, Math.max(x, 0) + 6, height / 2);
    pen.restore();
  });
  if (live.markDone) live.markDone(pen, height, xOf);
}

function drawThumbs(pen, across, height) {
  if (!sprite) return;
  const {frames, columns, w, h} = data.thumbs, wide = height * w / h;
  if (!frames.length) return;
  for (let x = 0; x < across; x += wide) {
    const index = from + (x + wide / 2) / across * (to - from);
    if (live.isDrawn && !live.isDrawn(index, wide / 2 / across * (to - from))) continue;
    const near = nearest(frames, index), n = data.thumbs.cells ? data.thumbs.cells[near] : near;
    pen.drawImage(sprite, n % columns * w, Math.floor(n / columns) * h, w, h, x, 0, wide - 1, height);
  }
}

function nearest(frames, index) {
  let low = 0, high = frames.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (frames[middle] < index) low = middle + 1; else high = middle;
  }
  return low > 0 && index - frames[low - 1] < frames[low] - index ? low - 1 : low;
}

function drawSong(wave) {
  const count = wave.length / 2, perFrame = count / (data.song * fps), begins = data.songBegins * fps;
  return (pen, across, height) => {
    pen.fillStyle = colour("song");
    for (let x = 0; x < across; x++) {
      const at = Math.floor((begins + from + x / across * (to - from)) * perFrame);
      const end = Math.max(at + 1, Math.floor((begins + from + (x + 1) / across * (to - from)) * perFrame));
      if (at < 0) continue;
      if (at >= count) break;
      let low = 127, high = -127;
      for (let n = at; n < Math.min(end, count); n++) {
        low = Math.min(low, wave[2 * n]); high = Math.max(high, wave[2 * n + 1]);
      }
      const top = (1 - high / 127) * height / 2, bottom = (1 - low / 127) * height / 2;
      pen.fillRect(x, top, 1, Math.max(1, bottom - top));
    }
  };
}

function drawCurve(values, step, ink) {
  let low = Infinity, high = -Infinity;
  for (const value of values) { low = Math.min(low, value); high = Math.max(high, value); }
  const margin = (high - low) * .1 || Math.abs(high) * .05 || .5;
  low -= margin; high += margin;
  return (pen, across, height) => {
    pen.strokeStyle = ink; pen.lineWidth = 1.5; pen.lineJoin = "round";
    pen.beginPath();
    const y = (value) => (1 - (value - low) / (high - low)) * height;
    const first = Math.max(0, Math.floor(from / step) - 1), end = Math.min(values.length, Math.ceil(to / step) + 2);
    const each = (to - from) / step / across;
    if (each <= 2) {
      for (let n = first; n < end; n++) pen.lineTo(xOf(n * step), y(values[n]));
    } else for (let x = 0; x <= across; x++) {
      // Lowest and highest of each pixel, so that no spike is lost.
      const start = Math.floor(from / step + x * each), stop = Math.min(values.length, Math.ceil(start + each));
      let least = Infinity, most = -Infinity;
      for (let n = start; n < stop; n++) { least = Math.min(least, values[n]); most = Math.max(most, values[n]); }
      if (least <= most) { pen.lineTo(x, y(least)); pen.lineTo(x, y(most)); }
    }
    pen.stroke();
  };
}

// --- what stands under the cursor ---
function moveCursor() {
  const x = xOf(frame + .5);
  $("cursor").style.transform = `translateX(${x.toFixed(2)}px)`;
  $("cursor").hidden = x < 0 || x > width();
  for (const {value, valueAt} of panes) if (valueAt) value.textContent = valueAt(frame);
}

function tell() {
  const number = rowAt(frame), row = data.rows[number];
  $("timecode").textContent = timecode(frame);
  $("frame").textContent = `frame ${frame.toLocaleString("en")} of ${data.frames.toLocaleString("en")}`;
  $("row").textContent = `Row ${row.row} · seed ${row.seed} · ${row.status || "not drawn"}`;
  $("prompt").textContent = row.prompt;
  $("negative").textContent = row.negative ? "Not: " + row.negative : "";
  const slider = $("timeline");
  slider.setAttribute("aria-valuenow", frame);
  slider.setAttribute("aria-valuetext", timecode(frame));
  document.querySelectorAll("tr.here").forEach((element) => element.classList.remove("here"));
  $("rows").tBodies[0].rows[number].classList.add("here");
  if (!hasVideo) showStill();
  moveCursor();
}

function showStill() {
  if (live.showStill) return live.showStill(frame);
  if (!sprite || !data.thumbs.frames.length) return;
  const {frames, columns, w, h} = data.thumbs, n = nearest(frames, frame), still = $("still");
  const box = $("screen").getBoundingClientRect(), scale = Math.min(box.width / w, box.height / h);
  still.hidden = false; $("blank").hidden = true;
  still.style.width = w + "px"; still.style.height = h + "px";
  still.style.backgroundPosition = `${-(n % columns) * w}px ${-Math.floor(n / columns) * h}px`;
  still.style.transform = `translate(${(box.width - w * scale) / 2}px, ${(box.height - h * scale) / 2}px) scale(${scale})`;
}

function seek(index, isOfVideo) {
  const wanted = clamp(Math.round(index), 0, last);
  if (!isOfVideo && hasVideo) $("video").currentTime = (wanted + .5) / fps;
  if (wanted === frame && isOfVideo) return;
  frame = wanted;
  if (frame < from || frame >= to) show(frame - (to - from) / 2, to - from);
  tell();
}

function show(start, count) {
  const wide = clamp(count, Math.min(data.frames, 24), data.frames);
  from = clamp(start, 0, data.frames - wide);
  to = from + wide;
  $("out").disabled = $("all").disabled = wide >= data.frames;
  paint();
}

const zoom = (by) => {
  const wide = (to - from) * by;
  show(frame - (frame - from) / (to - from) * wide, wide);
};

// --- the video ---
function withoutVideo(why) {
  hasVideo = false; $("video").hidden = true; $("play").disabled = true;
  $("novideo").textContent = why + (data.thumbs.frames.length ? " The nearest thumbnails are shown." : "");
  $("novideo").hidden = !why;
  tell();
}

function startVideo() {
  const video = $("video");
  video.addEventListener("loadedmetadata", () => {
    hasVideo = true; video.hidden = false; $("still").hidden = true; $("blank").hidden = true;
    $("play").disabled = false; $("novideo").hidden = true;
    seek(frame);
  });
  video.addEventListener("error", () => withoutVideo(live.noVideo ||
    `${data.video.name} is not beside this page; put it into the same folder to play it.`));
  const follow = () => seek(Math.floor(video.currentTime * fps + 1e-3), true);
  video.addEventListener("seeked", () => { if (!video.paused) follow(); });
  video.addEventListener("timeupdate", () => { if (!video.paused) follow(); });
  const tick = () => { if (playing) { follow(); requestAnimationFrame(tick); } };
  video.addEventListener("play", () => { playing = true; $("play").textContent = "❚❚"; tick(); });
  for (const name of ["pause", "ended"]) video.addEventListener(name, () => { playing = false; $("play").textContent = "▶"; });
  loadVideo();
}

function loadVideo() {
  const source = data.video;
  if (!source) return withoutVideo(data.novideo);
  $("video").src = source.data ? blobOf(source.data, "video/mp4") : source.name;
  if (source.data) source.data = "";
}

const playOrPause = () => {
  if (!hasVideo) return;
  if ($("video").paused) $("video").play(); else $("video").pause();
};

// --- the page ---
function fillTable() {
  const body = $("rows").tBodies[0];
  for (const row of data.rows) {
    const line = make("tr"), seconds = (row.last - row.first + 1) / fps;
    line.tabIndex = 0;
    const picture = make("td"), prompt = make("td", row.prompt), status = make("td");
    if (live.thumbOf) picture.append(live.thumbOf(row.first));
    if (row.thumb >= 0) picture.append(thumbOf(row.thumb));
    if (row.negative) prompt.append(make("small", "Not: " + row.negative));
    sayStatus(status, row);
    line.append(picture, make("td", row.row, "number"), make("td", timecode(row.first), "number"),
      make("td", seconds.toFixed(2), "number"), prompt, make("td", row.seed, "number"), status);
    const go = () => { if (live.taken) live.taken(); seek(row.first); };
    line.addEventListener("click", go);
    line.addEventListener("keydown", (event) => { if (event.key === "Enter") go(); });
    body.append(line);
  }
}

function sayStatus(cell, row) {
  cell.replaceChildren(make("span", row.status || "", row.status));
  // What is done or waits needs no words.
  const said = {done: [], queued: [row.progress]}[row.status] || [row.progress, row.message];
  if (said.some(Boolean)) cell.append(make("small", said.filter(Boolean).join(" · ")));
}

function thumbOf(n) {
  const {columns, w, h} = data.thumbs, thumb = make("span", undefined, "thumb"), wide = Math.min(128, w * 72 / h), scale = wide / w;
  const rows = Math.ceil(data.thumbs.frames.length / columns);
  thumb.style.width = wide + "px"; thumb.style.height = h * scale + "px";
  thumb.style.backgroundSize = `${columns * w * scale}px ${rows * h * scale}px`;
  thumb.style.backgroundPosition = `${-(n % columns) * wide}px ${-Math.floor(n / columns) * h * scale}px`;
  return thumb;
}

function fillPage() {
  document.title = data.title;
  $("title").textContent = data.title;
  const rate = short(fps), long = data.frames / fps;
  const length = `${Math.floor(long / 60)}:${(long % 60).toFixed(2).padStart(5, "0")}`;
  $("facts").textContent = [length, counted(data.frames, "frame"), rate + " fps", `${data.width}×${data.height}`,
    counted(data.rows.length, "row"), counted(data.cuts.length, "cut"), data.done].filter(Boolean).join(" · ");
  $("screen").style.aspectRatio = `${data.width} / ${data.height}`;
  $("timeline").setAttribute("aria-valuemax", last);
  for (const [id, pairs] of [["settings", data.settings], ["versions", data.versions]])
    for (const [name, value] of pairs) $(id).append(make("dt", name), make("dd", value));
  for (const problem of data.problems) $("problems").append(make("li", problem));
  for (const warning of data.warnings) $("problems").append(make("li", warning, "warning"));
  $("findings").hidden = !data.problems.length && !data.warnings.length;
  fillTable();
}

function fillPanes() {
  addPane("", "", 20, drawRuler);
  addPane("rows", "", 26, drawRows, (index) => "row " + data.rows[rowAt(index)].row);
  if (data.thumbs.frames.length || data.live) addPane("", "", 64, drawThumbs);
  if (data.wave) addPane("song", "", 64, drawSong(new Int8Array(bytes(data.wave).buffer)), (index) => (index / fps).toFixed(2) + " s");
  data.channels.forEach((channel, number) => {
    const values = floats(channel.values), ink = colours[number % colours.length];
    addPane(channel.name, channel.unit, 56, drawCurve(values, channel.step, ink),
      (index) => short(values[Math.min(values.length - 1, Math.floor(index / channel.step))]));
  });
}

function listen() {
  const line = $("timeline");
  const at = (event) => from + (event.clientX - $("panes").getBoundingClientRect().left) / width() * (to - from);
  const go = (event) => { if (live.taken) live.taken(); seek(Math.floor(at(event))); };
  line.addEventListener("pointerdown", (event) => { if (event.button === 0) { line.setPointerCapture(event.pointerId); go(event); } });
  line.addEventListener("pointermove", (event) => { if (line.hasPointerCapture(event.pointerId)) go(event); });
  line.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault(); zoom(event.deltaY > 0 ? 1.25 : .8);
  }, {passive: false});
  $("in").addEventListener("click", () => zoom(.5));
  $("out").addEventListener("click", () => zoom(2));
  $("all").addEventListener("click", () => show(0, data.frames));
  $("play").addEventListener("click", playOrPause);
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("button, tr") || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? Math.max(1, Math.round(fps)) : 1;
    const keys = {ArrowLeft: () => seek(frame - step), ArrowRight: () => seek(frame + step), Home: () => seek(0),
      End: () => seek(last), " ": playOrPause, "+": () => zoom(.5), "-": () => zoom(2)};
    if (keys[event.key]) { event.preventDefault(); if (live.taken) live.taken(); keys[event.key](); }
  });
  new ResizeObserver(() => { paint(); if (!hasVideo) showStill(); }).observe($("panes"));
}

function startThumbs() {
  if (!data.thumbs.frames.length) return;
  const address = blobOf(data.thumbs.data, "image/jpeg"), image = new Image();
  data.thumbs.data = "";
  image.onload = () => { sprite = image; paint(); if (!hasVideo) showStill(); };
  image.src = address;
  for (const thumb of document.querySelectorAll(".thumb, #still")) thumb.style.backgroundImage = `url(${address})`;
}

const begin = () => { fillPage(); fillPanes(); listen(); show(0, data.frames); tell(); startThumbs(); startVideo(); };
if (data.live) Object.assign(live, {
  data, begin, make, counted, nearest, paint, tell, seek, loadVideo, withoutVideo, sayStatus,
  useSprite: (canvas) => { sprite = canvas; }, hasVideo: () => hasVideo, isPlaying: () => playing,
});
if (data.live) window.sheetrenderLive = live; else begin();
})();
