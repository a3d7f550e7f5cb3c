// Where the time of a job went, as a bar and in words.

const names = { queue: 'Waiting', structure: 'Structure', reconstruction: 'Reconstruction', vae: 'Decoding', png: 'Saving' };

export function duration(milliseconds) {
  if (milliseconds < 1) return '< 1 ms';
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

export function showTimings(bar, list, timings) {
  const stages = [{ name: 'queue', total_ms: timings.queue_ms ?? 0 }, ...timings.stages];
  bar.replaceChildren(...stages.map(({ name, total_ms }) => {
    const part = document.createElement('span');
    part.dataset.stage = name;
    part.style.flexGrow = total_ms;
    return part;
  }));
  list.replaceChildren(...stages.map((stage) => {
    const item = document.createElement('li');
    const value = document.createElement('b');
    const detail = document.createElement('small');
    item.dataset.stage = stage.name;
    value.textContent = duration(stage.total_ms);
    detail.textContent = stage.steps ? `${stage.steps} ${stage.steps === 1 ? 'step' : 'steps'}, ${stage.tokens} tokens` : '';
    item.append(`${names[stage.name] ?? stage.name} `, value, ' ', detail);
    return item;
  }));
}
