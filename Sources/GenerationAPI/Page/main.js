// The page: form, easel and gallery, and what happens between them.
import { Easel } from './easel.js';
import { Gallery } from './gallery.js';
import { Picker } from './picker.js';
import { Refusal, follow, get, key, post } from './service.js';
import { Settings, command, link, settingsOfLink } from './settings.js';
import { duration, showTimings } from './timings.js';
import { inWords, verify } from './verify.js';

const byID = (id) => document.getElementById(id);
const picker = new Picker(byID('class'), byID('classes'), byID('class-count'));
const settings = new Settings(picker);
const easel = new Easel(byID('canvas'));
const gallery = new Gallery(byID('jobs'), byID('no-jobs'), (job) => attempt(() => openJob(job)));
const stages = { structure: 'Painting the structure', reconstruction: 'Painting the detail', decode: 'Decoding', encode: 'Saving' };

let models = [];
/** The job in the easel that is not finished, and what stops following it. */
let current = null;

/** Runs what a person asked for, and shows why it did not work. */
async function attempt(action) {
  byID('notice').hidden = true;
  try {
    return await action();
  } catch (error) {
    if (error.name === 'AbortError') return undefined;
    complain(error);
    return undefined;
  }
}

function complain(error) {
  if (error instanceof Refusal && error.status === 401) return askForKey('This service wants a key: ' + error.message);
  const again = error instanceof Refusal && error.retryAfter ? ` Try again in ${error.retryAfter} s.` : '';
  byID('notice').textContent = (error instanceof TypeError ? 'The service does not answer.' : error.message) + again;
  byID('notice').hidden = false;
}

async function start() {
  models = (await get('/v1/models')).data;
  byID('model').replaceChildren(...models.map(({ id }) => new Option(id, id)));
  const capabilities = await get('/v1/capabilities');
  const { compute, limits, version } = capabilities;
  byID('count').max = limits.count;
  byID('service').textContent =
    `Underpaint ${version}, ${compute.backend} ${compute.precision}, ${compute.workers} ${compute.workers === 1 ? 'worker' : 'workers'}`;
  if (!(await openLink())) {
    await showModel(models[0].id);
    easel.clear(models[0], 1, picker.name);
  }
  await refresh();
  document.documentElement.dataset.ready = 'true';
}

async function showModel(name) {
  const model = models.find(({ id }) => id === name);
  if (!model) throw new Error(`There is no model ${name} here. There are: ${models.map(({ id }) => id).join(', ')}.`);
  await settings.show(model, (await get(model.classes_url)).data);
  return model;
}

/** Fills the form as the link says. */
async function openLink() {
  const wanted = settingsOfLink(location.hash);
  if (!wanted) return false;
  const model = await showModel(wanted.model ?? models[0].id);
  settings.fill(wanted);
  if (!current) easel.clear(model, settings.submission.count, picker.name);
  return true;
}

async function refresh() {
  for (const job of await gallery.refresh()) {
    if (job.images.length && job.model === byID('model').value) picker.picture(job.class.id, job.images[0].url);
  }
}

function title(name, text) {
  byID('title').textContent = name;
  byID('subtitle').textContent = text;
}

function state(text, { bad = false, announce = false } = {}) {
  byID('state').textContent = text;
  byID('state').classList.toggle('bad', bad);
  if (announce) byID('announcer').textContent = text;
}

async function paint() {
  const submission = settings.submission;
  current?.stop.abort();
  const job = await post('/v1/generations', submission);
  byID('seed').value = job.settings.seed;
  await watch(job);
}

/** Shows a job from where it is to its end. */
async function watch(job) {
  const model = models.find(({ id }) => id === job.model);
  const stop = new AbortController();
  current = { id: job.id, stop };
  title(job.class.name, `${job.model}, seed ${job.settings.seed}`);
  easel.clear(model, job.settings.count, job.class.name);
  easel.painting(true);
  byID('result').hidden = true;
  byID('progress-panel').hidden = false;
  byID('progress').removeAttribute('value');
  byID('cancel').hidden = false;
  state('Sent.');
  const pace = new Pace();
  try {
    for await (const { name, data } of follow(job.id, stop.signal)) {
      if (name === 'queued') showQueued(data);
      else if (name === 'progress') showProgress(data, pace);
      else if (name === 'preview') await easel.preview(data);
      else await showEnd(name, data);
    }
  } finally {
    if (current?.stop === stop) {
      current = null;
      byID('cancel').hidden = true;
      easel.painting(false);
    }
  }
  await refresh();
}

/** What is left, from how fast the steps were. */
class Pace {
  #start = null; stage = null;

  left({ step, steps }) {
    const now = performance.now();
    this.#start ??= { now, step };
    const done = step - this.#start.step;
    return done > 0 ? ((now - this.#start.now) / done) * (steps - step) : null;
  }
}

function showQueued({ position, eta_ms }) {
  const place = position === 1 ? 'Next in the queue' : `Number ${position} in the queue`;
  state(eta_ms === null || eta_ms === undefined ? `${place}.` : `${place}, starts in about ${duration(eta_ms)}.`, { announce: true });
}

function showProgress(progress, pace) {
  const { stage, step, steps } = progress;
  const left = pace.left(progress);
  byID('progress').max = steps;
  byID('progress').value = step;
  const rest = left === null || left < 500 ? '' : `, about ${duration(left)} left`;
  state(`${stages[stage] ?? stage}: step ${step} of ${steps}${rest}`);
  // A screen reader hears of a stage once, not of each step.
  if (pace.stage !== stage) byID('announcer').textContent = stages[stage] ?? stage;
  pace.stage = stage;
}

async function showEnd(name, data) {
  if (name === 'completed') return showCompleted(data);
  const words = {
    failed: `It failed: ${data.error?.detail ?? 'the service says no more'}`,
    cancelled: 'Cancelled.', expired: 'It did not start in time.', gone: 'Somebody deleted it.',
    stopping: 'The service stops before this job began. Send it again later.',
  };
  byID('progress').value = 0;
  state(words[name] ?? name, { bad: name !== 'cancelled', announce: true });
  return undefined;
}

async function showCompleted(job) {
  await easel.finish(job);
  const total = duration(job.timings.total_ms);
  const what = job.images.length === 1 ? 'Painted' : `${job.images.length} images painted`;
  title(job.class.name, `${job.model}, ${job.settings.sampler.preset}, guidance ${job.settings.guidance}`);
  byID('progress-panel').hidden = true;
  state(`${what} in ${total}.`, { announce: true });
  byID('time-title').textContent = `Where the time went: ${total}`;
  showTimings(byID('time-bar'), byID('time-list'), job.timings);
  const brief = settings.brief(job.settings);
  byID('link').value = link(brief);
  byID('curl').value = command(brief, key.value !== '');
  byID('verify-result').textContent = '';
  byID('verify-result').className = '';
  byID('verify').onclick = () => attempt(() => check(job));
  byID('verify').hidden = !job.settings.metadata;
  byID('result').hidden = false;
  history.replaceState(null, '', link(brief));
}

async function check(job) {
  const output = byID('verify-result');
  byID('verify').disabled = true;
  output.className = '';
  output.textContent = 'Painting it again.';
  try {
    for (const image of job.images) {
      const result = await verify(image);
      output.textContent = inWords(result);
      output.className = result.identical ? 'good' : 'bad';
      if (!result.identical) return;
    }
  } finally {
    byID('verify').disabled = false;
    if (!output.className) output.textContent = '';
  }
}

/** Shows a job of the gallery, and fills the form with its settings. */
async function openJob({ id }) {
  current?.stop.abort();
  const job = await get(`/v1/generations/${id}`);
  const model = await showModel(job.model);
  settings.fill(job.settings);
  byID('easel').focus({ preventScroll: true });
  byID('easel').scrollIntoView({ block: 'start' });
  if (job.status !== 'completed') return watch(job);
  easel.clear(model, job.settings.count, job.class.name);
  return showCompleted(job);
}

function askForKey(note) {
  byID('key-note').textContent = note ?? 'It is kept in this tab until you close it, and sent to this service only.';
  byID('key').value = key.value;
  if (!byID('key-dialog').open) byID('key-dialog').showModal();
}

byID('form').addEventListener('submit', (event) => {
  event.preventDefault();
  attempt(paint);
});
byID('cancel').addEventListener('click', () => attempt(() => current && post(`/v1/generations/${current.id}/cancel`)));
byID('model').addEventListener('change', () => attempt(async () => {
  const model = await showModel(byID('model').value);
  if (!current) easel.clear(model, 1, picker.name);
  await refresh();
}));
byID('refresh').addEventListener('click', () => attempt(refresh));
byID('key-button').addEventListener('click', () => askForKey());
byID('key-form').addEventListener('submit', (event) => {
  key.value = event.submitter?.value === 'forget' ? '' : byID('key').value.trim();
  attempt(start);
});
for (const button of document.querySelectorAll('[data-copy]')) {
  button.addEventListener('click', async () => {
    const field = byID(button.dataset.copy);
    field.select();
    // Without a secure context there is no clipboard, and what is selected can be copied by hand.
    await navigator.clipboard?.writeText(field.value).catch(() => {});
    button.textContent = navigator.clipboard ? 'Copied' : 'Selected';
    setTimeout(() => { button.textContent = 'Copy'; }, 2000);
  });
}
addEventListener('hashchange', () => attempt(openLink));
attempt(start);
