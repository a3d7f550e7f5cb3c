// What the form asks for, and the same as a link and as a command.

const byID = (id) => document.getElementById(id);

export class Settings {
  #picker; #model = null; #custom = null;

  constructor(picker) {
    this.#picker = picker;
    byID('guidance').addEventListener('input', () => this.#showGuidance());
    byID('sampler').addEventListener('change', () => this.#describeSampler());
    byID('seed-clear').addEventListener('click', () => { byID('seed').value = ''; byID('seed').focus(); });
  }

  /** Takes over what the model does by itself. */
  async show(model, classes) {
    this.#model = model;
    this.#custom = null;
    byID('model').value = model.id;
    byID('model-note').textContent =
      `${model.description.replace(/\.$/, '')}. ${model.image.width} × ${model.image.height} pixels, ${model.class_count} subjects.`;
    this.#fillSamplers();
    this.#setSampler(model.defaults.sampler);
    this.#set({ guidance: model.defaults.guidance, guidance_schedule: model.defaults.guidance_schedule, temperature: model.defaults.temperature });
    await this.#picker.show(model, classes);
  }

  #fillSamplers() {
    const options = this.#model.samplers.map(({ preset }) =>
      new Option(preset === this.#model.defaults.sampler ? `${preset} (the model’s own)` : preset, preset));
    if (this.#custom) options.push(new Option(`${this.#custom.preset}, changed`, 'custom'));
    byID('sampler').replaceChildren(...options);
  }

  /** @param sampler a preset's name, or an object as in a job's settings. */
  #setSampler(sampler) {
    const known = this.#model.samplers.find((preset) =>
      preset.preset === sampler || JSON.stringify(preset) === JSON.stringify(sampler));
    this.#custom = known || typeof sampler !== 'object' ? null : sampler;
    this.#fillSamplers();
    byID('sampler').value = this.#custom ? 'custom' : known?.preset ?? this.#model.defaults.sampler;
    this.#describeSampler();
  }

  #describeSampler() {
    const name = byID('sampler').value;
    const sampler = name === 'custom' ? this.#custom : this.#model.samplers.find(({ preset }) => preset === name);
    const steps = Array.isArray(sampler?.steps) ? sampler.steps.join(' + ') : sampler?.steps;
    const stages = Array.isArray(sampler?.steps) ? `, in ${sampler.steps.length} stages` : '';
    byID('sampler-note').textContent = steps === undefined ? '' : `${steps} steps${stages}`;
  }

  #showGuidance() { byID('guidance-value').textContent = Number(byID('guidance').value).toFixed(1); }

  #set({ guidance, guidance_schedule, temperature }) {
    // Steps of the slider must not round what a link says.
    if (guidance !== undefined) { byID('guidance').step = Number.isInteger(Math.round(guidance * 1e6) / 1e5) ? '0.1' : 'any'; byID('guidance').value = guidance; }
    if (guidance_schedule !== undefined) byID('schedule').value = guidance_schedule;
    if (temperature !== undefined) byID('temperature').value = temperature;
    this.#showGuidance();
  }

  /** Fills the form from the settings of a job or a link, whose model is shown. */
  fill(settings) {
    if (settings.class !== undefined) this.#picker.choose(settings.class);
    if (settings.count !== undefined) byID('count').value = settings.count;
    if (settings.seed !== undefined) byID('seed').value = settings.seed;
    if (settings.sampler !== undefined) this.#setSampler(settings.sampler);
    this.#set(settings);
  }

  /** Body of a submission. */
  get submission() {
    const seed = byID('seed').value;
    const sampler = byID('sampler').value;
    return {
      model: this.#model.id, class: this.#picker.value, count: Number(byID('count').value),
      ...(seed === '' ? {} : { seed: Number(seed) }),
      guidance: Number(byID('guidance').value), guidance_schedule: byID('schedule').value,
      temperature: Number(byID('temperature').value), sampler: sampler === 'custom' ? this.#custom : sampler,
      previews: byID('previews').checked,
    };
  }

  /** The fewest words for what a job did: a preset by its name. */
  brief({ model, class: subject, count, seed, guidance, guidance_schedule, temperature, sampler }) {
    const preset = this.#model?.id === model
      && this.#model.samplers.find((known) => JSON.stringify(known) === JSON.stringify(sampler));
    return { model, class: subject, count, seed, guidance, guidance_schedule, temperature, sampler: preset ? preset.preset : sampler };
  }
}

/** Link to this page that fills the form with these settings. */
export function link(settings) {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(settings)) fields.set(name, typeof value === 'object' ? JSON.stringify(value) : value);
  return `${location.origin}${location.pathname}#${fields}`;
}

/** The settings in a link; null if it has none. Values that make no sense are left out. */
export function settingsOfLink(hash) {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  if (!fields.has('class')) return null;
  const settings = {};
  for (const name of ['model', 'class', 'guidance_schedule']) if (fields.has(name)) settings[name] = fields.get(name);
  for (const name of ['count', 'seed', 'guidance', 'temperature']) {
    const value = fields.get(name);
    if (value !== null && value !== '' && Number.isFinite(Number(value))) settings[name] = Number(value);
  }
  const sampler = fields.get('sampler');
  if (sampler !== null) {
    try {
      settings.sampler = sampler.startsWith('{') ? JSON.parse(sampler) : sampler;
    } catch { /* A link that was cut off. */ }
  }
  return settings;
}

/** A command that makes the same images. Names of models and presets need no quoting. */
export function command(settings, hasKey) {
  const one = settings.count === 1;
  const accept = one ? `-o image.png -H 'Accept: image/png'` : `-H 'Prefer: wait=60'`;
  const authorization = hasKey ? ` \\\n  -H "Authorization: Bearer $UNDERPAINT_KEY"` : '';
  return `curl -f ${accept} -H 'Content-Type: application/json'${authorization} \\\n`
    + `  -d '${JSON.stringify(settings)}' \\\n  ${location.origin}/v1/generations`;
}
